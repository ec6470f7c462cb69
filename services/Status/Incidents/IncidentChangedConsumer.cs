using Kener.Contracts;
using Kener.Persistence;
using Kener.Status.Database;
using Kener.Status.History;
using Kener.Status.Snapshots;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Incidents;

/// <summary>Keeps the newest state of each incident, and what it lays over its monitors.</summary>
internal sealed class IncidentChangedConsumer(
    Changes<StatusDb> changes, ToldLately told, PageBell bell, IncidentPages incidentPages) : IConsumer<IncidentChanged>
{
    public async Task Consume(ConsumeContext<IncidentChanged> context)
    {
        var (incident, cancel) = (Payload.Checked(context.Message), context.CancellationToken);
        // Most changes are words.
        if (await changes.ProjectAsync(IncidentRow.TakeWords(incident), cancel) == 0)
        {
            await changes.ProjectAsync(async change =>
            {
                if (await IncidentRow.TakeAsync(change.Db, incident, cancel)) await LayOverAsync(change.Db, incident, cancel);
            }, cancel);
        }
        // Also where that was no news: it may have been taken in over a connection that broke, or by a process that did not live to draw it.
        told.Keep(incident);
        incidentPages.OnIncidentChanged(incident.Id);
        bell.Ring();
    }

    private static async Task LayOverAsync(StatusDb db, IncidentChanged incident, CancellationToken cancel)
    {
        var before = await db.Intervals.Where(row => row.IncidentId == incident.Id).ToDictionaryAsync(row => row.MonitorId, cancel);
        var after = Intervals(incident).ToDictionary(row => row.MonitorId);
        var touched = before.Keys.Union(after.Keys)
            .Where(id => before.GetValueOrDefault(id)?.ToOverlay() != after.GetValueOrDefault(id)?.ToOverlay()).ToList();
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

    private static IEnumerable<IntervalRow> Intervals(IncidentChanged incident) => incident.Impacts().Select(link => new IntervalRow
    {
        IncidentId = incident.Id,
        MonitorId = link.MonitorId,
        Start = incident.Start,
        End = incident.End,
        Impact = link.Impact,
    });
}
