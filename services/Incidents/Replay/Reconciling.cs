using Kener.Contracts;
using Kener.Incidents.Database;
using Kener.Incidents.Incidents;
using Kener.Persistence.Commit;
using Kener.Persistence.Replay;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Replay;

/// <summary>The versions that this service compares with other services after a start (Behavior: ARC-2).</summary>
internal static class Reconciling
{
    public static Reconciliation<IncidentsDb> Reconciliation { get; } = new(
        "incidents",
        [new(nameof(IncidentChanged), typeof(Incident), Versions, ResendAsync, SupersedeAsync)],
        [
            new(nameof(MonitorChanged), db => db.Monitors.Select(row => new EntityVersion { Id = row.Id, Version = row.Version })),
            new(nameof(SiteChanged), db => db.Sites.Select(row => new EntityVersion { Id = row.Id, Version = row.Version })),
        ]);

    private static IQueryable<EntityVersion> Versions(IncidentsDb db) => db.Incidents.Select(row => new EntityVersion { Id = row.Id, Version = row.Version })
        .Concat(db.Tombstones.Select(row => new EntityVersion { Id = row.IncidentId, Version = row.Version }));

    private static async Task ResendAsync(Change<IncidentsDb> change, long id, CancellationToken cancel)
    {
        var incident = await change.Db.Incidents.AsNoTracking().Where(row => row.Id == id)
            .Include(row => row.Monitors).Include(row => row.Updates).AsSplitQuery().FirstOrDefaultAsync(cancel);
        var now = incident?.ToEvent() ?? (await change.Db.Tombstones.AsNoTracking().FirstAsync(row => row.IncidentId == id, cancel)).ToEvent();
        change.Publish($"incident/{id}", () => now);
    }

    private static async Task SupersedeAsync(Change<IncidentsDb> change, long id, long version, CancellationToken cancel)
    {
        if (await change.Db.Incidents.AnyAsync(row => row.Id == id, cancel))
        {
            var incident = await change.LockIncidentAsync(id, cancel);
            incident.Version = Math.Max(incident.Version, version);
            await change.RecordVersionAsync(incident, "incident.superseded", cancel);
            return;
        }
        if (await change.Db.Tombstones.FindAsync([id], cancel) is not { } tombstone) change.Db.Tombstones.Add(tombstone = new Tombstone { IncidentId = id });
        tombstone.Version = version;
        change.Publish($"incident/{id}", tombstone.ToEvent);
    }
}

/// <summary>Compares the versions of incidents with other services.</summary>
internal sealed class VersionsConsumer(Changes<IncidentsDb> changes, Reconciliation<IncidentsDb> reconciliation, ILogger<VersionsConsumer> log)
    : VersionsConsumer<IncidentsDb>(changes, reconciliation, log);
