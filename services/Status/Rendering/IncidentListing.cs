using Kener.Contracts;
using Kener.Status.Site.Settings;
using Kener.Ui;

namespace Kener.Status.Rendering;

/// <summary>
/// Decides where and when an incident is listed, and what of it may be shown. Lists depend only on [start, end), as overlays do; the state is only
/// shown.
/// </summary>
internal static class IncidentListing
{
    public static bool IsOngoing(this IncidentChanged incident, long now) => incident.Start <= now && (incident.End is not { } end || end > now);

    /// <summary>Whether the incident has ended, within the period that the list covers.</summary>
    public static bool IsResolvedOfLate(this IncidentChanged incident, long now, EventLists lists) =>
        incident.Start <= now && incident.End is { } end && end <= now && end >= now - (lists.ResolvedDays * Minutes.Day);

    /// <summary>Returns the instants at which the clock alone moves the incident into a list, between lists, or out of one.</summary>
    public static IEnumerable<long> InstantsAfter(this IncidentChanged incident, long now, EventLists lists)
    {
        if (incident.Start > now) yield return incident.Start;
        if (incident.End is not { } end) yield break;
        var resolvedFor = lists.ResolvedDays * Minutes.Day;
        if (end > now) yield return end;
        else if (end >= now - resolvedFor) yield return end + resolvedFor + 1;
    }

    /// <summary>Returns the time by which lists are ordered: that of the newest ACTIVE update, else the start.</summary>
    public static long LastWord(this IncidentChanged incident) => incident.Updates.Count > 0 ? incident.Updates[0].At : incident.Start;

    /// <summary>Orders incidents as in lists: the most recently updated first, then by id, descending.</summary>
    public static IEnumerable<IncidentChanged> Newest(this IEnumerable<IncidentChanged> incidents) =>
        incidents.OrderByDescending(incident => incident.LastWord()).ThenByDescending(incident => incident.Id);

    /// <summary>Returns the view of the incident, with only those of its monitors that are in <paramref name="visible"/>.</summary>
    public static IncidentView Show(this IncidentChanged incident, IReadOnlyDictionary<long, MonitorChanged> visible)
    {
        var affected = incident.Monitors
            .Where(link => visible.ContainsKey(link.MonitorId))
            .Select(link => new AffectedView(visible[link.MonitorId].Tag, visible[link.MonitorId].Name, link.Impact)).ToList();
        return new IncidentView(incident, affected.Select(monitor => monitor.Impact).DefaultIfEmpty().Max(), affected);
    }
}
