using Kener.Contracts;
using Kener.Persistence;
using Kener.Status.Database;
using Kener.Status.History;
using Kener.Status.Snapshots;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Incidents;

/// <summary>Keeps the newest state of each incident, and what it lays over its monitors.</summary>
internal sealed class IncidentChangedConsumer(Changes<StatusDb> changes, PageBell bell, IncidentPages incidentPages) : IConsumer<IncidentChanged>
{
    public async Task Consume(ConsumeContext<IncidentChanged> context)
    {
        var (incident, cancel) = (context.Message, context.CancellationToken);
        var isNews = false;
        await changes.ProjectAsync(async change =>
        {
            // After a connection that broke in the commit this runs again and may find its own work: it stays news.
            if (!await IncidentRow.TakeAsync(change.Db, incident, cancel)) return;
            isNews = true;
            await LayOverAsync(change.Db, incident, cancel);
        }, cancel);
        if (!isNews) return;
        incidentPages.OnIncidentChanged(incident.Id);
        bell.Ring();
    }

    private static async Task LayOverAsync(StatusDb db, IncidentChanged incident, CancellationToken cancel)
    {
        var before = await db.Intervals.Where(row => row.IncidentId == incident.Id).ToDictionaryAsync(row => row.MonitorId, cancel);
        var after = Intervals(incident).ToDictionary(row => row.MonitorId);
        var touched = before.Keys.Union(after.Keys)
            .Where(id => before.GetValueOrDefault(id)?.ToOverlay() != after.GetValueOrDefault(id)?.ToOverlay()).ToList();
        // An update without new times or impacts leaves every history as it is.
        if (touched.Count == 0) return;
        foreach (var history in await HistoryRow.LockAsync(db, touched, cancel)) history.Version++;
        foreach (var id in touched)
        {
            var (old, now) = (before.GetValueOrDefault(id), after.GetValueOrDefault(id));
            if (now is null) db.Intervals.Remove(old!);
            else if (old is null) db.Intervals.Add(now);
            else (old.Start, old.End, old.Impact) = (now.Start, now.End, now.Impact);
        }
    }

    private static IEnumerable<IntervalRow> Intervals(IncidentChanged incident) => incident.Deleted
        ? []
        : incident.Monitors.GroupBy(link => link.MonitorId).Select(links => new IntervalRow
        {
            IncidentId = incident.Id,
            MonitorId = links.Key,
            Start = incident.Start,
            End = incident.End,
            Impact = links.Last().Impact,
        });
}
