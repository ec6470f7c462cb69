using Kener.Contracts;

namespace Kener.Ui;

/// <summary>All that the home page says, ready to be drawn: no rule is left to the markup.</summary>
public sealed record StatusPageView
{
    /// <summary>The organisation's name, plain text.</summary>
    public required string SiteName { get; init; }
    /// <summary>The page's message, one of the seven.</summary>
    public required string Message { get; init; }
    /// <summary>What colours the page: the worst effective status, or that of an open global incident.</summary>
    public required MonitorStatus Overall { get; init; }
    /// <summary>One sentence below the message, plain text; null where the message says it all.</summary>
    public string? Lead { get; init; }
    /// <summary>Open incidents, newest update first.</summary>
    public IReadOnlyList<IncidentView> Ongoing { get; init; } = [];
    /// <summary>Incidents resolved of late, newest update first.</summary>
    public IReadOnlyList<IncidentView> Resolved { get; init; } = [];
    /// <summary>The monitors in their order.</summary>
    public IReadOnlyList<MonitorView> Monitors { get; init; } = [];
    /// <summary>The last day of every monitor's history: today in the page's zone.</summary>
    public required DateOnly Today { get; init; }
    /// <summary>The newest reading of any monitor, Unix seconds; null before the first.</summary>
    public long? LastReadingAt { get; init; }
}

/// <summary>A monitor's row. <paramref name="Days"/> holds one entry a day, oldest first, the last one today; all rows have the same number.</summary>
public sealed record MonitorView(
    string Tag, string Name, string? Description, string? Image, MonitorStatus Now, string Uptime, IReadOnlyList<DayCounts> Days);

/// <summary>An incident. <paramref name="Impact"/> is the worst that it puts on any monitor; NoData where it has none.</summary>
public sealed record IncidentView(
    long Id, string Title, IncidentState State, MonitorStatus Impact, bool IsGlobal, long Start, long? End,
    IReadOnlyList<AffectedView> Affected, IReadOnlyList<UpdateView> Updates);

/// <summary>A monitor that an incident touches, by its public name.</summary>
public sealed record AffectedView(string Tag, string Name, MonitorStatus Impact);

/// <summary>An update, newest first in its list. <paramref name="Markdown"/> is untrusted.</summary>
public sealed record UpdateView(long Id, long At, IncidentState State, string Markdown);

/// <summary>The page of one incident.</summary>
public sealed record IncidentPageView(string SiteName, IncidentView Incident);

/// <summary>A finished document, with the policy that allows its own style and script and nothing else.</summary>
public sealed record RenderedPage(string Html, string ContentSecurityPolicy);
