using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.Persistence.Replay;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Site.Settings;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Site.Replay;

/// <summary>The versions that this service compares with those of others after a start.</summary>
internal static class Reconciling
{
    public static Reconciliation<StatusDb> Of(KenerSettings settings) => new(
        "status",
        [
            new(nameof(SiteChanged), typeof(SiteRow), db => db.Site.Select(row => new EntityVersion { Id = row.Id, Version = row.Version }),
                async (change, id, cancel) =>
                {
                    var site = await change.Db.Site.AsNoTracking().FirstAsync(row => row.Id == id, cancel);
                    change.Publish("site", () => site.ToEvent(settings));
                },
                async (change, _, version, cancel) =>
                {
                    var site = await change.LockSiteAsync(cancel);
                    site.Version = Math.Max(site.Version, version);
                    change.Tell(site, settings);
                }),
        ],
        [
            new(nameof(MonitorChanged), db => db.Monitors.Select(row => new EntityVersion { Id = row.Id, Version = row.Version })),
            new(nameof(IncidentChanged), db => db.Incidents.Select(row => new EntityVersion { Id = row.Id, Version = row.Version })),
        ]);
}

/// <summary>Compares the versions of what was received with those of its owners.</summary>
internal sealed class VersionsConsumer(Changes<StatusDb> changes, Reconciliation<StatusDb> reconciliation, ILogger<VersionsConsumer> log)
    : VersionsConsumer<StatusDb>(changes, reconciliation, log);
