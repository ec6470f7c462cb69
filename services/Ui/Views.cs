using System.Text;
using Kener.Contracts;

namespace Kener.Ui;

/// <summary>How a page's monitors are laid out. Each layout is a CSS class of the list; the markup is the same.</summary>
public enum PageLayout
{
    /// <summary>One column, with bars.</summary>
    List,
    /// <summary>Two columns, with bars.</summary>
    Grid,
    /// <summary>One column, without bars and logos.</summary>
    CompactList,
    /// <summary>Two or three columns, without bars and logos.</summary>
    CompactGrid,
}

/// <summary>Light, dark, or as the visitor's system is set.</summary>
public enum PageTheme
{
    /// <summary>As the visitor's system is set.</summary>
    System,
    /// <summary>Light.</summary>
    Light,
    /// <summary>Dark.</summary>
    Dark,
}

/// <summary>The content around every page of the site. All texts are untrusted, and plain unless stated otherwise.</summary>
public sealed record SiteView
{
    /// <summary>The organization's name.</summary>
    public required string Name { get; init; }
    /// <summary>Target of the brand link: "/" or, with exclusive pages, the page on which the visitor stays.</summary>
    public string Home { get; init; } = "/";
    /// <summary>The organization's logo (http, https or a path); null for Kener's own.</summary>
    public string? Logo { get; init; }
    /// <summary>The favicon; null for a dot in the color of the page.</summary>
    public string? Favicon { get; init; }
    /// <summary>Links in the top bar.</summary>
    public IReadOnlyList<LinkView> Nav { get; init; } = [];
    /// <summary>The pages of the page switcher, in order; fewer than two show no switcher.</summary>
    public IReadOnlyList<PageLink> Pages { get; init; } = [];
    /// <summary>Footer text, HTML or Markdown; it is sanitized when shown.</summary>
    public string? Footer { get; init; }
    /// <summary>Announcement at the top of every page; null for none.</summary>
    public AnnouncementView? Announcement { get; init; }
    /// <summary>The owner's fill colors of statuses, where set: #RRGGBB, light and dark.</summary>
    public IReadOnlyDictionary<MonitorStatus, (string Light, string Dark)> Colours { get; init; } = new Dictionary<MonitorStatus, (string, string)>();
    /// <summary>CSS of the owner, applied after Kener's own; null for none.</summary>
    public string? Css { get; init; }
    /// <summary>The owner's date formats; null for those of the language.</summary>
    public DateForms? Dates { get; init; }
    /// <summary>Whether visitors may choose light or dark.</summary>
    public bool OffersThemes { get; init; } = true;
    /// <summary>Whether visitors may choose a time zone.</summary>
    public bool OffersZones { get; init; } = true;
    /// <summary>Languages that visitors may choose: code and name; fewer than two offer no choice.</summary>
    public IReadOnlyList<(string Code, string Name)> Languages { get; init; } = [];
}

/// <summary>
/// Date formats with the tokens of date-fns (Behavior: PAG-14). Null, and a format that cannot be parsed, stand for the format of the language.
/// </summary>
public sealed record DateForms(string? DateAndTime, string? Date, string? Time);

/// <summary>A link and its text.</summary>
public sealed record LinkView(string Text, string Url);

/// <summary>A page in the page switcher.</summary>
public sealed record PageLink(string Title, string Path, bool IsThis);

/// <summary>An announcement. <paramref name="Type"/> is INFO, WARNING or ERROR.</summary>
public sealed record AnnouncementView(string Title, string Message, string Type, bool Cancellable, double? ReshowAfterHours, LinkView? Action);

/// <summary>For whom a page is rendered: language, time zone and theme. Each combination is a variant of the page.</summary>
/// <param name="Language">The code of a shipped locale, such as "en".</param>
/// <param name="Zone">An IANA time zone.</param>
/// <param name="Theme">The theme that the visitor chose.</param>
public sealed record Audience(string Language, string Zone, PageTheme Theme)
{
    /// <summary>English, UTC, the system's theme.</summary>
    public static Audience Default { get; } = new("en", "UTC", PageTheme.System);
}

/// <summary>The complete content of a status page; rendering it involves no further rules.</summary>
public sealed record StatusPageView
{
    /// <summary>The content around the page.</summary>
    public required SiteView Site { get; init; }
    /// <summary>For whom the page is rendered.</summary>
    public Audience Audience { get; init; } = Audience.Default;
    /// <summary>The page's path: "/" or "/europe".</summary>
    public string Path { get; init; } = "/";
    /// <summary>The document title.</summary>
    public required string Title { get; init; }
    /// <summary>Description for search engines and previews; null for one made from the message.</summary>
    public string? Description { get; init; }
    /// <summary>Absolute URL of an image for previews; null for none.</summary>
    public string? PreviewImage { get; init; }
    /// <summary>The page's own heading, above the message; null for none.</summary>
    public string? Header { get; init; }
    /// <summary>Markdown below the heading, untrusted; null for none.</summary>
    public string? Subheader { get; init; }
    /// <summary>The page's logo (http, https or a path); null for none.</summary>
    public string? Logo { get; init; }
    /// <summary>How the monitors are laid out.</summary>
    public PageLayout Layout { get; init; }
    /// <summary>The page's message, one of the seven, in English; it is translated when rendered.</summary>
    public required string Message { get; init; }
    /// <summary>Determines the color of the page: the worst effective status, where an open global incident counts too.</summary>
    public required MonitorStatus Overall { get; init; }
    /// <summary>Title of the newest open global incident, which the message may not reflect (Behavior: PAG-2); null for none.</summary>
    public string? GlobalIncident { get; init; }
    /// <summary>Names of the monitors that are DOWN, DEGRADED or in MAINTENANCE, worst first; they are rendered as a sentence.</summary>
    public IReadOnlyList<string> Affected { get; init; } = [];
    /// <summary>Open incidents, newest update first.</summary>
    public IReadOnlyList<IncidentView> Ongoing { get; init; } = [];
    /// <summary>Present and future maintenances, soonest first.</summary>
    public IReadOnlyList<MaintenanceView> Upcoming { get; init; } = [];
    /// <summary>Recently resolved incidents, newest update first; null if the owner does not show them.</summary>
    public IReadOnlyList<IncidentView>? Resolved { get; init; } = [];
    /// <summary>The monitors, in order.</summary>
    public IReadOnlyList<MonitorView> Monitors { get; init; } = [];
    /// <summary>The monitors and the members of groups among them, in the order in which they are shown.</summary>
    internal IEnumerable<MonitorView> Rows => Monitors.SelectMany(monitor => monitor.Members is { } members ? members.Prepend(monitor) : [monitor]);
    /// <summary>The last day of every monitor's history: today in the page's time zone.</summary>
    public required DateOnly Today { get; init; }
    /// <summary>Number of days of the bars that phones show.</summary>
    public int DaysOnPhones { get; init; } = 45;
    /// <summary>Time of the newest result of any monitor, in Unix seconds; null before the first.</summary>
    public long? LastReadingAt { get; init; }
}

/// <summary>
/// A monitor's row. <paramref name="Days"/> has one entry per day, oldest first, the last one today; all rows have the same number.
/// <paramref name="Latency"/> is the average in milliseconds over these days; null if none was measured. A group has
/// <paramref name="Members"/>, whose rows are within its own. <paramref name="Obstacle"/> says why a monitor without data cannot be checked.
/// </summary>
public sealed record MonitorView(
    string Tag, string Name, string? Description, string? Image, MonitorStatus Now, string Uptime, IReadOnlyList<DayCounts> Days,
    double? Latency = null, IReadOnlyList<MonitorView>? Members = null, CheckObstacle? Obstacle = null);

/// <summary>An occurrence of a maintenance.</summary>
public sealed record MaintenanceView(long Id, string Title, string? Markdown, long Start, long End, bool IsUnderWay, IReadOnlyList<AffectedView> Affected);

/// <summary>An incident. <paramref name="Impact"/> is its worst impact on any monitor; NoData if it affects none.</summary>
public sealed record IncidentView(IncidentChanged Incident, MonitorStatus Impact, IReadOnlyList<AffectedView> Affected);

/// <summary>A monitor that an incident affects, by its public name.</summary>
public sealed record AffectedView(string Tag, string Name, MonitorStatus Impact);

/// <summary>The page of one incident.</summary>
public sealed record IncidentPageView(SiteView Site, Audience Audience, IncidentView Shown);

/// <summary>The content of an error page: 404, 410 or 503.</summary>
/// <param name="Site">The content around the page.</param>
/// <param name="Audience">For whom the page is rendered.</param>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Message">A sentence in English on what is missing, translated if the locale has it; null for the text of the status.</param>
public sealed record ErrorPageView(SiteView Site, Audience Audience, int Status, string? Message = null);

/// <summary>A complete document in UTF-8, with the content security policy that allows only its own style and script.</summary>
public sealed record RenderedPage(byte[] Body, string ContentSecurityPolicy)
{
    /// <summary>The document as text, decoded at each call.</summary>
    public string Html => Encoding.UTF8.GetString(Body);
}
