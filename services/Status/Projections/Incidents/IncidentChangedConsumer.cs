using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.Persistence.Overlays;
using Kener.Status.Database;
using Kener.Status.Projections.History;
using MassTransit;

namespace Kener.Status.Projections.Incidents;

/// <summary>Stores the newest state of each incident, and its overlays.</summary>
internal sealed class IncidentChangedConsumer(Changes<StatusDb> changes, RecentIncidents recent, RenderTrigger trigger)
    : IConsumer<IncidentChanged>
{
    public async Task Consume(ConsumeContext<IncidentChanged> context)
    {
        var (incident, cancel) = (Payload.Checked(context.Message), context.CancellationToken);
        var plan = incident.Plan();
        var fingerprint = plan.Fingerprint();
        // Most changes are of texts, which do not affect monitors.
        if (await changes.ProjectAsync(IncidentRow.TakeWords(incident, fingerprint), cancel) == 0)
        {
            await changes.ProjectAsync(async change =>
            {
                if (await change.Db.TakeNewerAsync(IncidentRow.Of(incident, fingerprint), cancel)) await ProjectAsync(change.Db, incident.Id, plan, cancel);
            }, cancel);
        }
        // Also if nothing was stored: a connection that broke, or a process that ended before rendering, may have stored it already.
        recent.Keep(incident);
        trigger.Note(new PageChange(PageChangeKind.Incident, incident.Id));
        trigger.Render();
    }

    private static async Task ProjectAsync(StatusDb db, long incident, ImpactPlan plan, CancellationToken cancel)
    {
        var touched = await db.Overlays.ProjectAsync(OverlayKind.Incident, incident, plan, cancel);
        if (touched.Count == 0) return;
        foreach (var history in await HistoryRow.LockAsync(db, [.. touched], cancel)) history.Version++;
    }
}
