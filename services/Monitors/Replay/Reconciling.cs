using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Monitors;
using Kener.Persistence.Commit;
using Kener.Persistence.Replay;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Replay;

/// <summary>The versions that this service compares with other services after a start (Behavior: ARC-2).</summary>
internal static class Reconciling
{
    public static Reconciliation<MonitorsDb> Reconciliation { get; } = new(
        "monitors",
        [new(nameof(MonitorChanged), typeof(Monitor), Versions, ResendAsync, SupersedeAsync)],
        [
            new(nameof(IncidentChanged), db => db.KnownIncidents.Select(row => new EntityVersion { Id = row.Id, Version = row.Version })),
            new(nameof(SiteChanged), db => db.Sites.Select(row => new EntityVersion { Id = row.Id, Version = row.Version })),
        ]);

    private static IQueryable<EntityVersion> Versions(MonitorsDb db) => db.Monitors.Select(row => new EntityVersion { Id = row.Id, Version = row.Version })
        .Concat(db.DeletedMonitors.Select(row => new EntityVersion { Id = row.Id, Version = row.Version }));

    private static async Task ResendAsync(Change<MonitorsDb> change, long id, CancellationToken cancel)
    {
        var monitor = await change.Db.Monitors.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancel);
        var now = monitor?.ToEvent() ?? (await change.Db.DeletedMonitors.AsNoTracking().FirstAsync(row => row.Id == id, cancel)).ToEvent();
        change.Publish($"monitor/{id}", () => now);
    }

    private static async Task SupersedeAsync(Change<MonitorsDb> change, long id, long version, CancellationToken cancel)
    {
        await change.LockSetAsync(cancel);
        if (await change.LockAsync<Monitor>(id, cancel) is { } monitor)
        {
            monitor.Version = Math.Max(monitor.Version, version);
            change.Publish($"monitor/{id}", monitor.ToEvent);
            change.Audit("monitor.superseded", "monitor", () => id, new { monitor.Tag });
            return;
        }
        if (await change.Db.DeletedMonitors.FindAsync([id], cancel) is not { } tombstone)
            change.Db.DeletedMonitors.Add(tombstone = new DeletedMonitor { Id = id, Tag = "" });
        tombstone.Version = version;
        change.Publish($"monitor/{id}", tombstone.ToEvent);
    }
}

/// <summary>Compares the versions of monitors with other services.</summary>
internal sealed class VersionsConsumer(Changes<MonitorsDb> changes, Reconciliation<MonitorsDb> reconciliation, ILogger<VersionsConsumer> log)
    : VersionsConsumer<MonitorsDb>(changes, reconciliation, log);
