using Kener.Contracts;
using Kener.Persistence;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>Keeps the intervals of incidents.</summary>
internal sealed class IncidentChangedConsumer(Changes<MonitorsDb> changes, Evaluations evaluations) : IConsumer<IncidentChanged>
{
    public async Task Consume(ConsumeContext<IncidentChanged> context)
    {
        var (incident, cancel) = (context.Message, context.CancellationToken);
        // Most changes are words, which leave every monitor as it was.
        if (await changes.ProjectAsync($"""
            UPDATE known_incidents SET version = {incident.Version}
            WHERE id = {incident.Id} AND version < {incident.Version} AND laid = {incident.Laid()}
            """, cancel) > 0) return;
        List<long> touched = [];
        await changes.ProjectAsync(async change =>
        {
            touched = [.. incident.Monitors.Select(link => link.MonitorId)];
            // One statement both decides and locks, so two deliveries at once take turns.
            var news = await change.Db.Database.ExecuteSqlAsync($"""
                INSERT INTO known_incidents (id, version, laid) VALUES ({incident.Id}, {incident.Version}, {incident.Laid()})
                ON CONFLICT (id) DO UPDATE SET version = excluded.version, laid = excluded.laid WHERE known_incidents.version < excluded.version
                """, cancel);
            if (news == 0) return;
            var before = change.Db.Overlays.Where(row => row.Kind == OverlayKind.Incident && row.SourceId == incident.Id);
            touched.AddRange(await before.Select(row => row.MonitorId).ToListAsync(cancel));
            await before.ExecuteDeleteAsync(cancel);
            change.Db.Overlays.AddRange(Intervals(incident));
        }, cancel);
        evaluations.Recorded(touched);
    }

    internal static IEnumerable<OverlayInterval> Intervals(IncidentChanged incident) =>
        incident.Impacts().Select(link => new OverlayInterval
        {
            Kind = OverlayKind.Incident,
            SourceId = incident.Id,
            MonitorId = link.MonitorId,
            Start = incident.Start,
            End = incident.End,
            Impact = link.Impact,
        });
}
