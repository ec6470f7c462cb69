using Kener.Contracts;
using Kener.Ui;

namespace Kener.Status.Rendering;

/// <summary>Computes what a page shows. Pure: the same facts at the same instant for the same audience always give the same page.</summary>
internal static class PageRules
{
    /// <summary>Returns the view of the page. The histories of the facts must be in the audience's zone.</summary>
    public static StatusPageView Of(PageFacts facts, Audience audience, DateOnly today, long now)
    {
        var (page, look) = (facts.Page.Page, facts.Page.Look);
        var visible = facts.Shown.ToDictionary(pair => pair.Key, pair => pair.Value.Monitor);
        var rows = facts.Shown.ToDictionary(pair => pair.Key, pair => pair.Value.RowAt(now, look.Days));
        List<MonitorView> listed = [.. facts.Listed.Select(monitor => rows[monitor.Monitor.Id])];
        var grouped = Grouped(facts, rows);
        var ongoing = look.Lists.Ongoing ? List(facts, visible, incident => incident.IsOngoing(now)) : [];
        var open = facts.Incidents.Where(incident => incident.IsGlobal && incident.IsOngoing(now)).Newest().ToList();
        return new StatusPageView
        {
            Site = SiteRules.Of(facts.Site, page),
            Audience = audience,
            Path = page.Address,
            Title = look.MetaTitle ?? facts.Site.Settings.MetaTitle ?? $"{page.Title} - {facts.Site.Settings.Name}",
            Description = look.MetaDescription ?? facts.Site.Settings.MetaDescription ?? page.Header,
            PreviewImage = SiteRules.Absolute(look.PreviewImage ?? facts.Site.Settings.PreviewImage, facts.Site.Settings.Url),
            Header = page.Header,
            Subheader = Said(page.Subheader),
            Logo = Said(page.Logo),
            Layout = look.Layout,
            Message = PageMessage.Of(listed.Select(monitor => monitor.Now)),
            // A global incident without monitors on the page still keeps it from looking calm (Behavior: PAG-2).
            Overall = rows.Values.Select(monitor => monitor.Now).Concat(open.Select(incident => Colour(incident.Show(visible)))).DefaultIfEmpty().Max(),
            GlobalIncident = open.FirstOrDefault()?.Title,
            Affected = Affected(grouped),
            Ongoing = ongoing,
            Resolved = look.Lists.Resolved
                ? [.. List(facts, visible, incident => incident.IsResolvedOfLate(now, look.Lists)).Take(look.Lists.ResolvedAtMost)] : null,
            Monitors = grouped,
            Today = today,
            DaysOnPhones = Math.Min(look.DaysOnPhones, look.Days),
            LastReadingAt = facts.Shown.Values.Max(monitor => monitor.Past.LatestAt(now)?.Minute),
        };
    }

    /// <summary>Returns the next instant at which the clock alone changes the page; <paramref name="midnight"/> of its zone at the latest.</summary>
    public static long NextInstant(PageFacts facts, long midnight, long now) => facts.Shown.Values
        .SelectMany(monitor => monitor.Past.InstantsAfter(now, monitor.Monitor.PeriodSeconds))
        .Concat(facts.Incidents.SelectMany(incident => incident.InstantsAfter(now, facts.Page.Look.Lists)))
        .Append(midnight)
        .Min();

    /// <summary>Returns a monitor's row with these days.</summary>
    public static MonitorView Row(MonitorChanged monitor, IReadOnlyList<DayCounts> days, MonitorStatus status)
    {
        var all = days.Aggregate((sum, day) => sum + day);
        return new MonitorView(
            monitor.Tag, monitor.Name, monitor.Description, monitor.Image, status,
            Uptime.Text(Uptime.Percent(all, monitor.UptimeNumerator, monitor.UptimeDenominator)), days,
            all.LatencyCount == 0 ? null : all.LatencySum / all.LatencyCount, Obstacle: monitor.Obstacle);
    }

    /// <summary>
    /// Returns the rows as they are listed on the page: a member of a group on it is listed only within its groups, in the order of each group.
    /// </summary>
    private static List<MonitorView> Grouped(PageFacts facts, Dictionary<long, MonitorView> rows)
    {
        // A recreated monitor may arrive before the deletion of the one that had its tag.
        var byTag = rows.Values.GroupBy(row => row.Tag).ToDictionary(same => same.Key, same => same.Last(), StringComparer.Ordinal);
        List<MonitorView> grouped = [];
        var inside = facts.Listed.SelectMany(group => group.Monitor.Members).Select(member => member.Tag).ToHashSet(StringComparer.Ordinal);
        foreach (var monitor in facts.Listed.Select(listed => listed.Monitor).Where(monitor => !inside.Contains(monitor.Tag)))
        {
            List<MonitorView> members = [.. monitor.Members.Where(member => byTag.ContainsKey(member.Tag)).Select(member => byTag[member.Tag])];
            grouped.Add(members.Count == 0 ? rows[monitor.Id] : rows[monitor.Id] with { Members = members });
        }
        return grouped;
    }

    /// <summary>Returns the names of the affected monitors, worst first. A group is replaced by its affected members, if it has any.</summary>
    private static List<string> Affected(List<MonitorView> grouped) =>
        [.. grouped.SelectMany(row => row.Members?.Where(IsAffected).ToList() is { Count: > 0 } members ? members : [row])
            .Where(IsAffected).OrderByDescending(row => row.Now).Select(row => row.Name).Distinct()];

    private static bool IsAffected(MonitorView row) => row.Now > MonitorStatus.Up;

    private static List<IncidentView> List(PageFacts facts, Dictionary<long, MonitorChanged> visible, Func<IncidentChanged, bool> belongs) =>
        [.. facts.Incidents.Where(belongs).Newest().Select(incident => incident.Show(visible))];

    private static MonitorStatus Colour(IncidentView incident) => incident.Impact <= MonitorStatus.Up ? MonitorStatus.Degraded : incident.Impact;

    private static string? Said(string text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
