using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Monitors;

/// <summary>The newest state of a monitor that was told of; a tombstone stays, so that an older state never comes back.</summary>
internal sealed class MonitorRow : IToldOf
{
    public long Id { get; set; }
    public long Version { get; set; }
    public bool Deleted { get; set; }
    /// <summary>By which clients name it. Not unique: a tag made anew may be heard of before its predecessor's end.</summary>
    public required string Tag { get; set; }
    /// <summary>Whether it is ever named in public.</summary>
    public bool IsVisible { get; set; }
    /// <summary>The event as JSON.</summary>
    public required string Payload { get; set; }

    string IToldOf.Title => $"Monitor {Tag}";

    /// <summary>Whether this was news. Locks the row until the transaction ends.</summary>
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
