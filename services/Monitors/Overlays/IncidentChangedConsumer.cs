using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Persistence.Commit;
using Kener.Persistence.Overlays;
using MassTransit;

namespace Kener.Monitors.Overlays;

/// <summary>Stores the overlays of incidents.</summary>
internal sealed class IncidentChangedConsumer(Changes<MonitorsDb> changes, Evaluations evaluations) : IConsumer<IncidentChanged>
{
    public async Task Consume(ConsumeContext<IncidentChanged> context)
    {
        var (incident, cancel) = (context.Message, context.CancellationToken);
        var plan = incident.Plan();
        var fingerprint = plan.Fingerprint();
        // Most changes are of texts, which do not affect monitors.
        if (await changes.ProjectAsync($"""
            UPDATE known_incidents SET version = {incident.Version}
            WHERE id = {incident.Id} AND version < {incident.Version} AND impact_fingerprint = {fingerprint}
            """, cancel) > 0) return;
        IReadOnlyList<long> touched = [];
        await changes.ProjectAsync(async change =>
        {
            // One statement compares versions and locks the row, so concurrent deliveries of an incident run one after the other.
            var isNews = await change.Db.TakeNewerAsync(
                new KnownIncident { Id = incident.Id, Version = incident.Version, ImpactFingerprint = fingerprint }, cancel);
            touched = isNews ? await change.Db.Overlays.ProjectAsync(OverlayKind.Incident, incident.Id, plan, cancel) : [];
        }, cancel);
        // Also if nothing was stored: the process may have ended after its commit, before the evaluation.
        evaluations.Recorded([.. touched.Union(plan.Impacts.Select(impact => impact.MonitorId))]);
    }
}
