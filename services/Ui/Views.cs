using System.Text;
using Kener.Contracts;

namespace Kener.Ui;

/// <summary>How a page's monitors are laid out. Each is a class on the list, never other markup.</summary>
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

/// <summary>Light, dark, or as the visitor's system says.</summary>
public enum PageTheme
{
    /// <summary>As the system says.</summary>
    System,
    /// <summary>Light.</summary>
    Light,
    /// <summary>Dark.</summary>
    Dark,
}

/// <summary>What every page of the site has around it. Texts are plain unless they say otherwise; all of them are untrusted.</summary>
public sealed record SiteView
{
    /// <summary>The organisation's name.</summary>
    public required string Name { get; init; }
    /// <summary>Where the brand leads: "/" or the page that the visitor is kept in.</summary>
    public string Home { get; init; } = "/";
    /// <summary>The organisation's logo (http, https or a path); null for Kener's own mark.</summary>
    public string? Logo { get; init; }
    /// <summary>The icon in the browser's frame; null for a dot of the page's colour.</summary>
    public string? Favicon { get; init; }
    /// <summary>Links in the top bar.</summary>
    public IReadOnlyList<LinkView> Nav { get; init; } = [];
    /// <summary>The pages to switch between, in their order; fewer than two show no switcher.</summary>
    public IReadOnlyList<PageLink> Pages { get; init; } = [];
    /// <summary>Text at the foot, HTML or Markdown: shown sanitised only.</summary>
    public string? Footer { get; init; }
    /// <summary>Word for word on top of every page; null for none.</summary>
    public AnnouncementView? Announcement { get; init; }
    /// <summary>Fills of the statuses where the owner chose others; #RRGGBB, light and dark.</summary>
    public IReadOnlyDictionary<MonitorStatus, (string Light, string Dark)> Colours { get; init; } = new Dictionary<MonitorStatus, (string, string)>();
    /// <summary>CSS of the owner's own, laid over ours; null for none.</summary>
    public string? Css { get; init; }
    /// <summary>How the owner writes dates and times; null for the language's own forms.</summary>
    public DateForms? Dates { get; init; }
    /// <summary>Whether visitors may choose light or dark.</summary>
    public bool OffersThemes { get; init; } = true;
    /// <summary>Whether visitors may choose a time zone.</summary>
    public bool OffersZones { get; init; } = true;
    /// <summary>Languages that visitors may choose: code and name; fewer than two offer none.</summary>
    public IReadOnlyList<(string Code, string Name)> Languages { get; init; } = [];
}

/// <summary>
/// Forms of dates and times in the words of date-fns (Behavior: PAG-14); null for the language's own, which also stands in for one
/// that can not be read.
/// </summary>
public sealed record DateForms(string? DateAndTime, string? Date, string? Time);

/// <summary>A link with its words.</summary>
public sealed record LinkView(string Text, string Url);

/// <summary>A page to switch to.</summary>
public sealed record PageLink(string Title, string Path, bool IsThis);

/// <summary>An announcement. <paramref name="Type"/> is INFO, WARNING or ERROR.</summary>
public sealed record AnnouncementView(string Title, string Message, string Type, bool Cancellable, double? ReshowAfterHours, LinkView? Action);

/// <summary>For whom a page is drawn: the words' language, the zone of its times, the theme. Each combination is a variant of the page.</summary>
/// <param name="Language">A locale that ships, such as "en".</param>
/// <param name="Zone">An IANA zone.</param>
/// <param name="Theme">What the visitor chose.</param>
public sealed record Audience(string Language, string Zone, PageTheme Theme)
{
    /// <summary>English, UTC, the system's theme.</summary>
    public static Audience Default { get; } = new("en", "UTC", PageTheme.System);
}

/// <summary>All that a status page says, ready to be drawn: no rule is left to the markup.</summary>
public sealed record StatusPageView
{
    /// <summary>What is around it.</summary>
    public required SiteView Site { get; init; }
    /// <summary>For whom.</summary>
    public Audience Audience { get; init; } = Audience.Default;
    /// <summary>Its path: "/" or "/europe".</summary>
    public string Path { get; init; } = "/";
    /// <summary>Words in the browser's frame.</summary>
    public required string Title { get; init; }
    /// <summary>For search engines and previews; null for one made of the message.</summary>
    public string? Description { get; init; }
    /// <summary>Absolute address of a picture for previews; null for none.</summary>
    public string? PreviewImage { get; init; }
    /// <summary>The page's own heading, above the message; null for none.</summary>
    public string? Header { get; init; }
    /// <summary>Markdown below the heading, untrusted; null for none.</summary>
    public string? Subheader { get; init; }
    /// <summary>The page's logo (http, https or a path); null for none.</summary>
    public string? Logo { get; init; }
    /// <summary>How the monitors are laid out.</summary>
    public PageLayout Layout { get; init; }
    /// <summary>The page's message, one of the seven, in English: what it is in other languages is a matter of its locale.</summary>
    public required string Message { get; init; }
    /// <summary>What colours the page: the worst effective status, or that of an open global incident.</summary>
    public required MonitorStatus Overall { get; init; }
    /// <summary>An open global incident's title, where the message alone would look calm; null for none.</summary>
    public string? GlobalIncident { get; init; }
    /// <summary>Names of the monitors that are not well, worst first; the markup makes a sentence of them.</summary>
    public IReadOnlyList<string> Affected { get; init; } = [];
    /// <summary>Open incidents, newest update first.</summary>
    public IReadOnlyList<IncidentView> Ongoing { get; init; } = [];
    /// <summary>Maintenances under way and to come, soonest first.</summary>
    public IReadOnlyList<MaintenanceView> Upcoming { get; init; } = [];
    /// <summary>Incidents resolved of late, newest update first; null where the owner shows none.</summary>
    public IReadOnlyList<IncidentView>? Resolved { get; init; } = [];
    /// <summary>The monitors in their order.</summary>
    public IReadOnlyList<MonitorView> Monitors { get; init; } = [];
    /// <summary>These and the members of groups among them, in the order in which they stand.</summary>
    internal IEnumerable<MonitorView> Rows => Monitors.SelectMany(monitor => monitor.Members is { } members ? members.Prepend(monitor) : [monitor]);
    /// <summary>The last day of every monitor's history: today in the page's zone.</summary>
    public required DateOnly Today { get; init; }
    /// <summary>Days that phones show of the bars.</summary>
    public int DaysOnPhones { get; init; } = 45;
    /// <summary>The newest reading of any monitor, Unix seconds; null before the first.</summary>
    public long? LastReadingAt { get; init; }
}

/// <summary>
/// A monitor's row. <paramref name="Days"/> holds one entry a day, oldest first, the last one today; all rows have the same number.
/// <paramref name="Latency"/> is the average in milliseconds over these days, null where none was measured. A group has
/// <paramref name="Members"/>, whose rows lie within its own. <paramref name="Obstacle"/> says why it cannot be checked, where it is without data.
/// </summary>
public sealed record MonitorView(
    string Tag, string Name, string? Description, string? Image, MonitorStatus Now, string Uptime, IReadOnlyList<DayCounts> Days,
    double? Latency = null, IReadOnlyList<MonitorView>? Members = null, CheckObstacle? Obstacle = null);

/// <summary>An occurrence of a maintenance.</summary>
public sealed record MaintenanceView(long Id, string Title, string? Markdown, long Start, long End, bool IsUnderWay, IReadOnlyList<AffectedView> Affected);

/// <summary>An incident. <paramref name="Impact"/> is the worst that it puts on any monitor; NoData where it has none.</summary>
public sealed record IncidentView(
    long Id, string Title, IncidentState State, MonitorStatus Impact, bool IsGlobal, long Start, long? End,
    IReadOnlyList<AffectedView> Affected, IReadOnlyList<UpdateView> Updates);

/// <summary>A monitor that an incident touches, by its public name.</summary>
public sealed record AffectedView(string Tag, string Name, MonitorStatus Impact);

/// <summary>An update, newest first in its list. <paramref name="Markdown"/> is untrusted.</summary>
public sealed record UpdateView(long Id, long At, IncidentState State, string Markdown);

/// <summary>The page of one incident.</summary>
public sealed record IncidentPageView(SiteView Site, Audience Audience, IncidentView Incident);

/// <summary>What is said where there is no page: 404, 410 or 503.</summary>
/// <param name="Site">What is around it.</param>
/// <param name="Audience">For whom.</param>
/// <param name="Status">The answer's status.</param>
/// <param name="Message">One sentence on what is missing, in English, said in the language if its locale knows it; null for what the status says.</param>
public sealed record ErrorPageView(SiteView Site, Audience Audience, int Status, string? Message = null);

/// <summary>A finished document in UTF-8, with the policy that allows its own style and script and nothing else.</summary>
public sealed record RenderedPage(byte[] Body, string ContentSecurityPolicy)
{
    /// <summary>The document as text, made anew at each call.</summary>
    public string Html => Encoding.UTF8.GetString(Body);
}
