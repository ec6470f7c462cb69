using Kener.Contracts;
using Kener.Status.Settings;
using Kener.Ui;

namespace Kener.Status.Views;

/// <summary>
/// Where an incident is listed and when, and what of it may be shown. Lists follow [start, end) alone, as overlays do: the state is a field
/// that is shown.
/// </summary>
internal static class IncidentListing
{
    public static bool IsOngoing(this IncidentChanged incident, long now) => incident.Start <= now && (incident.End is not { } end || end > now);

    /// <summary>Whether it is over, and ended no longer ago than the list reaches back.</summary>
    public static bool IsResolvedOfLate(this IncidentChanged incident, long now, EventLists lists) =>
        incident.Start <= now && incident.End is { } end && end <= now && end >= now - (lists.ResolvedDays * Minutes.Day);

    /// <summary>When the clock alone moves it into a list, from one to the other, or out.</summary>
    public static IEnumerable<long> InstantsAfter(this IncidentChanged incident, long now, EventLists lists)
    {
        if (incident.Start > now) yield return incident.Start;
        if (incident.End is not { } end) yield break;
        var resolvedFor = lists.ResolvedDays * Minutes.Day;
        if (end > now) yield return end;
        else if (end >= now - resolvedFor) yield return end + resolvedFor + 1;
    }

    /// <summary>What the lists are ordered by: the newest ACTIVE update, else the start.</summary>
    public static long LastWord(this IncidentChanged incident) => incident.Updates.Count > 0 ? incident.Updates[0].At : incident.Start;

    /// <summary>The order of lists: what was updated last comes first.</summary>
    public static IEnumerable<IncidentChanged> Newest(this IEnumerable<IncidentChanged> incidents) =>
        incidents.OrderByDescending(incident => incident.LastWord()).ThenByDescending(incident => incident.Id);

    /// <summary>The incident with only those of its monitors that <paramref name="visible"/> has.</summary>
    public static IncidentView Show(this IncidentChanged incident, IReadOnlyDictionary<long, MonitorChanged> visible)
    {
        var affected = incident.Monitors
            .Where(link => visible.ContainsKey(link.MonitorId))
            .Select(link => new AffectedView(visible[link.MonitorId].Tag, visible[link.MonitorId].Name, link.Impact)).ToList();
        return new IncidentView(
            incident.Id, incident.Title, incident.State, affected.Select(monitor => monitor.Impact).DefaultIfEmpty().Max(), incident.IsGlobal,
            incident.Start, incident.End, affected, [.. incident.Updates.Select(update => new UpdateView(update.Id, update.At, update.State, update.Markdown))]);
    }
}
