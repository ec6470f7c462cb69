using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Monitors;

/// <summary>The newest state of a monitor that was told of; a tombstone stays, so that an older state never comes back.</summary>
internal sealed class MonitorRow : IToldOf
{
    public long Id { get; set; }
    public long Version { get; set; }
    public bool Deleted { get; set; }
    /// <summary>The event as JSON.</summary>
    public required string Payload { get; set; }

    /// <summary>Whether this was news. Locks the row until the transaction ends.</summary>
    public static async Task<bool> TakeAsync(StatusDb db, Contracts.MonitorChanged monitor, CancellationToken cancel) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO monitors (id, version, deleted, payload)
            VALUES ({monitor.Id}, {monitor.Version}, {monitor.Deleted}, {Database.Payload.Write(monitor)})
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, deleted = excluded.deleted, payload = excluded.payload
            WHERE monitors.version < excluded.version
            """, cancel) > 0;
}
