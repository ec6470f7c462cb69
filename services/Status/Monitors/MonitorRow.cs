using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Monitors;

/// <summary>The newest received state of a monitor. A tombstone stays, so that an older state cannot return.</summary>
internal sealed class MonitorRow : IToldOf
{
    public long Id { get; set; }
    public long Version { get; set; }
    public bool Deleted { get; set; }
    /// <summary>The name that clients use. Not unique: a recreated tag may arrive before the deletion of its predecessor.</summary>
    public required string Tag { get; set; }
    /// <summary>Whether it may be named in public.</summary>
    public bool IsVisible { get; set; }
    /// <summary>The event as JSON.</summary>
    public required string Payload { get; set; }

    string IToldOf.Title => $"Monitor {Tag}";

    /// <summary>Stores the monitor if it is newer than the row; returns whether it was. Locks the row until the transaction ends.</summary>
    public static async Task<bool> TakeAsync(StatusDb db, Contracts.MonitorChanged monitor, CancellationToken cancel) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO monitors (id, version, deleted, tag, is_visible, payload)
            VALUES ({monitor.Id}, {monitor.Version}, {monitor.Deleted}, {monitor.Tag}, {Views.Visibility.IsVisible(monitor)}, {Database.Payload.Write(monitor)})
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, deleted = excluded.deleted, tag = excluded.tag,
                is_visible = excluded.is_visible, payload = excluded.payload
            WHERE monitors.version < excluded.version
            """, cancel) > 0;
}
