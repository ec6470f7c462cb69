using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Projections.History;
using Kener.Status.Rendering;
using Kener.Status.Site.Pages;
using Kener.Status.Site.Settings;
using Kener.Ui;

namespace Kener.Status.Tests;

/// <summary>Test data. All times are relative to noon of one UTC day.</summary>
internal static class Given
{
    public const int Today = 20_000, Shown = 90;
    public const long Midnight = Today * Minutes.Day, Noon = Midnight + 12 * 3600, Day = Minutes.Day;

    public static MonitorChanged Monitor(long id, long version = 1) =>
        new() { Id = id, Version = version, Tag = $"m{id}", Name = $"Monitor {id}", Active = true, Type = "NONE" };

    public static IncidentChanged Incident(long id, long start, long? end = null, params IncidentLink[] monitors) => new()
    {
        Id = id,
        Version = 1,
        Title = $"Incident {id}",
        Start = start,
        End = end,
        State = end is null ? IncidentState.Investigating : IncidentState.Resolved,
        Monitors = monitors,
    };

    public static ResultRun Result(long monitor, long minute, MonitorStatus status, int count = 1, int version = 1, double latency = 0) =>
        new(monitor, minute, count, status, latency, version);

    /// <summary>Builds a monitor with its history, as it would be read from the database.</summary>
    public static MonitorFacts Facts(MonitorChanged monitor, long now, IEnumerable<ResultRun>? results = null, params Overlay[] overlays)
    {
        var days = new Dictionary<int, DayRow>();
        foreach (var result in results ?? [])
        {
            for (var minute = result.Minute; minute < result.Minute + result.Count * 60L; minute += 60)
            {
                var day = Minutes.DayOf(minute);
                if (!days.TryGetValue(day, out var row)) days[day] = row = new DayRow();
                row.Set((int)(minute - day * Day) / 60, result.Status, result.Latency, result.Version);
            }
        }
        var today = Minutes.DayOf(now);
        LatestResult? before = null;
        var closed = new List<DayCounts>();
        for (var day = today - Shown + 1; day < today; day++)
        {
            var row = new MonitorDays(day, [days.GetValueOrDefault(day) ?? new DayRow()]);
            closed.Add(row.Count(day * Day, (day + 1) * Day, GapRule.Of(monitor), before?.Status, overlays));
            before = row.LastKnown((day + 1) * Day - 1) ?? before;
        }
        return new MonitorFacts(monitor, new MonitorPast
        {
            Today = today,
            Midnight = today * Day,
            NextMidnight = (today + 1) * Day,
            GapRule = GapRule.Of(monitor),
            Closed = closed,
            Open = new MonitorDays(today, [days.GetValueOrDefault(today) ?? new DayRow()]),
            Before = before,
            Overlays = overlays,
        });
    }

    /// <summary>Builds a page; by default the home page as it is initially.</summary>
    public static StatusPage Page(string path = "", List<long>? monitors = null, string settings = "{}") => new()
    {
        Id = path.Length == 0 ? 1 : 2,
        Path = path,
        Title = "Home",
        Header = "Service Status",
        MonitorIds = monitors,
        Settings = settings,
    };

    /// <summary>Builds the facts of a page on a site that has these settings and no other page.</summary>
    public static PageFacts Facts(StatusPage page, string site, IEnumerable<MonitorFacts> monitors, params IncidentChanged[] incidents)
    {
        var settings = new SiteSettings(JsonNode.Parse(site)!.AsObject(), new KenerSettings { SiteUrl = "http://localhost" });
        var shown = new ShownPage(page, PageLook.Of(page.SetSettings(), settings));
        var visible = new OrderedDictionary<long, MonitorFacts>();
        foreach (var facts in monitors.OrderBy(facts => facts.Monitor.Id)) visible[facts.Monitor.Id] = facts;
        return new AllFacts(new SiteFacts(settings, [shown]), visible, incidents, new Dictionary<string, PublishedVersion>(), []).Of(shown);
    }

    /// <summary>Builds the facts of the home page of a site with default settings.</summary>
    public static PageFacts Facts(IEnumerable<MonitorFacts> monitors, params IncidentChanged[] incidents) => Facts(Page(), "{}", monitors, incidents);

    public static StatusPageView View(long now, params MonitorFacts[] monitors) => Facts(monitors).View(now);

    public static StatusPageView View(this PageFacts facts, long now) =>
        PageRules.Of(facts, Audience.Default, Calendar.DateOf(Minutes.DayOf(now)), now);

    public static long NextInstant(this PageFacts facts, long now) => PageRules.NextInstant(facts, (Minutes.DayOf(now) + 1) * Day, now);

    public static string Text(this StatusPageView view) => JsonSerializer.Serialize(view);
}
