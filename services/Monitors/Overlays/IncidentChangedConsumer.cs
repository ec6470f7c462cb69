using Kener.Contracts;
using Kener.Persistence;
using MassTransit;

namespace Kener.Monitors;

/// <summary>Keeps the overlays of incidents.</summary>
internal sealed class IncidentChangedConsumer(Changes<MonitorsDb> changes, Evaluations evaluations) : IConsumer<IncidentChanged>
{
    public async Task Consume(ConsumeContext<IncidentChanged> context)
    {
        var (incident, cancel) = (context.Message, context.CancellationToken);
        var plan = incident.Plan();
        var fingerprint = plan.Fingerprint();
        // Most changes are words, which leave every monitor as it was.
        if (await changes.ProjectAsync($"""
            UPDATE known_incidents SET version = {incident.Version}
            WHERE id = {incident.Id} AND version < {incident.Version} AND impact_fingerprint = {fingerprint}
            """, cancel) > 0) return;
        IReadOnlyList<long> touched = [];
        await changes.ProjectAsync(async change =>
        {
            // One statement both decides and locks, so two deliveries at once take turns.
            var isNews = await change.Db.TakeNewerAsync(
                new KnownIncident { Id = incident.Id, Version = incident.Version, ImpactFingerprint = fingerprint }, cancel);
            touched = isNews ? await change.Db.Overlays.ProjectAsync(OverlayKind.Incident, incident.Id, plan, cancel) : [];
        }, cancel);
        // Also where it was no news: the process may have ended between its commit and the evaluation.
        evaluations.Recorded([.. touched.Union(plan.Impacts.Select(impact => impact.MonitorId))]);
    }
}
