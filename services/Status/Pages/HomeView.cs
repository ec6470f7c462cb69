using Kener.Contracts;
using Kener.Ui;

namespace Kener.Status.Pages;

/// <summary>The home page's rules. Pure: the same facts at the same instant always give the same page.</summary>
internal static class HomeView
{
    public static StatusPageView Of(HomeFacts facts, long now)
    {
        var visible = facts.Monitors.Select(monitor => monitor.Monitor).ToDictionary(monitor => monitor.Id);
        var monitors = facts.Monitors.OrderBy(monitor => monitor.Monitor.Id).Select(monitor => Row(monitor, now)).ToList();
        var ongoing = List(facts, visible, incident => incident.IsOngoing(now));
        var message = PageMessage.Of(monitors.Select(monitor => monitor.Now));
        return new StatusPageView
        {
            Site = new SiteView { Name = Visibility.SiteName },
            Title = $"{message} – {Visibility.SiteName}",
            Message = message,
            Overall = monitors.Select(monitor => monitor.Now).Concat(ongoing.Where(incident => incident.IsGlobal).Select(Colour)).DefaultIfEmpty().Max(),
            GlobalIncident = ongoing.FirstOrDefault(incident => incident.IsGlobal)?.Title,
            Affected = [.. monitors.Where(monitor => monitor.Now > MonitorStatus.Up).OrderByDescending(monitor => monitor.Now).Select(monitor => monitor.Name)],
            Ongoing = ongoing,
            Resolved = [.. List(facts, visible, incident => incident.IsResolvedOfLate(now)).Take(IncidentListing.ResolvedAtMost)],
            Monitors = monitors,
            Today = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(now).UtcDateTime),
            LastReadingAt = facts.Monitors.Max(monitor => monitor.Past.LatestAt(now)?.Minute),
        };
    }

    /// <summary>The next instant at which the clock alone changes the page; midnight of UTC at the latest.</summary>
    public static long NextInstant(HomeFacts facts, long now) => facts.Monitors
        .SelectMany(monitor => monitor.Past.InstantsAfter(now, monitor.Monitor.PeriodSeconds))
        .Concat(facts.Incidents.SelectMany(incident => incident.InstantsAfter(now)))
        .Append((Minutes.DayOf(now) + 1) * Minutes.Day)
        .Min();

    private static MonitorView Row(MonitorFacts facts, long now)
    {
        var (monitor, days) = (facts.Monitor, facts.Past.DaysAt(now));
        var all = days.Aggregate((sum, day) => sum + day);
        var uptime = Uptime.Text(Uptime.Percent(all, monitor.UptimeNumerator, monitor.UptimeDenominator));
        var status = facts.Past.StatusAt(now, monitor.PeriodSeconds);
        return new MonitorView(monitor.Tag, monitor.Name, monitor.Description, monitor.Image, status, uptime, days);
    }

    private static List<IncidentView> List(HomeFacts facts, Dictionary<long, MonitorChanged> visible, Func<IncidentChanged, bool> belongs) =>
        [.. facts.Incidents.Where(belongs)
            .OrderByDescending(incident => incident.LastWord()).ThenByDescending(incident => incident.Id)
            .Select(incident => incident.Show(visible))
            .Where(incident => incident.IsGlobal || incident.Affected.Count > 0)];

    // A global incident that touches nothing on the page still keeps it from looking calm (spec/decisions 5).
    private static MonitorStatus Colour(IncidentView incident) => incident.Impact == MonitorStatus.NoData ? MonitorStatus.Degraded : incident.Impact;
}
