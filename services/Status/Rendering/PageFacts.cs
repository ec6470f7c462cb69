using Kener.Contracts;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Status.Projections.History;
using Kener.Status.Projections.Monitors;
using Kener.Status.Site.Pages;
using Kener.Status.Site.Settings;
using Kener.Ui;

namespace Kener.Status.Rendering;

/// <summary>A shown monitor and its history. Immutable, except for the row that it caches.</summary>
internal sealed class MonitorFacts(MonitorChanged monitor, MonitorPast past)
{
    private sealed record KnownRow(long Minute, int Days, MonitorView View);

    // A change of a page rarely changes more than one of its rows.
    private KnownRow? _row;

    public MonitorChanged Monitor => monitor;

    public MonitorPast Past => past;

    /// <summary>Returns the row at this second, with this many days.</summary>
    public MonitorView RowAt(long now, int days)
    {
        var (minute, status, known) = (Minutes.Floor(now), past.StatusAt(now, monitor.PeriodSeconds, isChecked: monitor.Obstacle is null), Volatile.Read(ref _row));
        if (known is null || known.Minute != minute || known.Days != days)
            Volatile.Write(ref _row, known = new KnownRow(minute, days, PageRules.Row(monitor, past.DaysAt(now, days), status)));
        return known.View.Now == status ? known.View : known.View with { Now = status };
    }
}

/// <summary>A page and its display settings.</summary>
internal sealed record ShownPage(StatusPage Page, PageLook Look);

/// <summary>What all pages share: the site's settings, and the pages in the order of ids. The same object as long as neither changes.</summary>
internal sealed record SiteFacts(SiteSettings Settings, IReadOnlyList<ShownPage> Pages)
{
    /// <summary>The pages whose settings cannot be read; they are shown as if no settings were set.</summary>
    public IReadOnlyList<StoredFault> Faults { get; init; } = [];

    /// <summary>What is needed to serve the pages.</summary>
    public PublishedSite Published { get; } = Settings.Published with { Pages = Pages.Select(page => page.Page.Address).ToHashSet(StringComparer.Ordinal) };
}

/// <summary>Everything that a page is rendered from, except the present instant and the audience.</summary>
/// <param name="Site">What it shares with the other pages.</param>
/// <param name="Page">The page itself.</param>
/// <param name="Listed">The monitors that are listed on it, in order.</param>
/// <param name="Shown">These monitors and the members of the groups among them, by id.</param>
/// <param name="Incidents">The incidents that concern it.</param>
internal sealed record PageFacts(
    SiteFacts Site, ShownPage Page, IReadOnlyList<MonitorFacts> Listed, IReadOnlyDictionary<long, MonitorFacts> Shown,
    IReadOnlyList<IncidentChanged> Incidents)
{
    /// <summary>Whether nothing has changed since: facts that are read again and have not changed are the same objects.</summary>
    public bool AreStill(PageFacts? before) =>
        before is not null && ReferenceEquals(Site, before.Site) && ReferenceEquals(Page, before.Page) && Same(Listed, before.Listed)
        && Same(Incidents, before.Incidents) && Shown.Count == before.Shown.Count
        && Shown.All(pair => before.Shown.TryGetValue(pair.Key, out var known) && ReferenceEquals(known, pair.Value));

    private static bool Same<T>(IReadOnlyList<T> now, IReadOnlyList<T> before) where T : class =>
        now.Count == before.Count && now.Zip(before).All(pair => ReferenceEquals(pair.First, pair.Second));
}

/// <summary>All facts, as of one moment.</summary>
/// <param name="Site">The site and its pages.</param>
/// <param name="Visible">Every visible monitor, by id, in the order of ids.</param>
/// <param name="Incidents">The incidents that are open, or ended within the longest period that a page shows.</param>
/// <param name="Drawn">The published versions of the pages, by path. Unless a page's version rises, these facts are no older than the page.</param>
/// <param name="Faults">What had to be left out.</param>
internal sealed record AllFacts(
    SiteFacts Site, IReadOnlyDictionary<long, MonitorFacts> Visible, IReadOnlyList<IncidentChanged> Incidents, IReadOnlyDictionary<string, PublishedVersion> Drawn,
    IReadOnlyList<StoredFault> Faults)
{
    /// <summary>Returns the facts of one page.</summary>
    public PageFacts Of(ShownPage page)
    {
        var ids = page.Page.MonitorIds ?? Visible.Keys;
        List<MonitorFacts> listed = [.. ids.Where(Visible.ContainsKey).Select(id => Visible[id])];
        var shown = listed.ToDictionary(facts => facts.Monitor.Id);
        var inGroups = listed.SelectMany(group => group.Monitor.Members).Select(member => member.Tag).ToHashSet(StringComparer.Ordinal);
        if (inGroups.Count > 0)
            foreach (var member in Visible.Values.Where(facts => inGroups.Contains(facts.Monitor.Tag))) shown.TryAdd(member.Monitor.Id, member);
        return new PageFacts(Site, page, listed, shown, [.. Incidents.Where(incident => incident.Concerns(shown))]);
    }
}
