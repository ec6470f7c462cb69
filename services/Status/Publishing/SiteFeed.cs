using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Status.Projections;
using Kener.Status.Projections.Monitors;
using Kener.Status.Rendering;
using Kener.Ui.Feeds;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Status.Publishing;

/// <summary>The site's RSS feed: the incidents that began within the last 90 days, with their updates.</summary>
internal sealed class SiteFeed(IOptions<KenerSettings> settings) : PageDefinition(PageKind.Feed)
{
    private const int Days = 90, ItemsAtMost = 50, ReadAtMost = 500;

    public override string BatchOf(StoredPage page) => page.Path;

    public override PageTurn? TurnAfter(StoredPage page, PageChange change) => change.Kind switch
    {
        PageChangeKind.Incident => PageTurn.Changed,
        PageChangeKind.Monitor or PageChangeKind.Site => PageTurn.Later,
        _ => null,
    };

    public override Task<bool> ExistsAsync(StatusDb db, string path, CancellationToken cancel) => Task.FromResult(true);

    public override async Task<PageSource> ReadAsync(StatusDb db, IReadOnlyList<StoredPage> batch, long now, CancellationToken cancel)
    {
        var published = await PublishedVersion.OfPathAsync(db, Kind, batch[0].Path, cancel);
        var since = now - (Days * Minutes.Day);
        var rows = await db.Incidents.AsNoTracking().Where(row => !row.Deleted && row.Start >= since && row.Start <= now)
            .OrderByDescending(row => row.Start).ThenByDescending(row => row.Id).Take(ReadAtMost).ToListAsync(cancel);
        var soon = await db.Incidents.Where(row => !row.Deleted && row.Start > now).MinAsync(row => (long?)row.Start, cancel);
        var faults = new List<StoredFault>();
        var incidents = rows.Select(row => Read<IncidentChanged>(row, faults)).OfType<IncidentChanged>().ToList();
        var ids = incidents.SelectMany(incident => incident.Monitors).Select(link => link.MonitorId).Distinct().ToArray();
        var monitors = await db.Monitors.AsNoTracking().Where(row => ids.Contains(row.Id) && row.IsVisible).ToListAsync(cancel);
        var visible = monitors.Select(row => Read<MonitorChanged>(row, faults)).OfType<MonitorChanged>().ToDictionary(monitor => monitor.Id);
        var site = (await SiteReader.ReadAsync(db, settings.Value, cancel)).Settings;
        // An incident with only hidden monitors is left out, unless it is global.
        var items = incidents.Where(incident => incident.Monitors.Count == 0 || incident.Concerns(visible))
            .OrderByDescending(RssFeed.PublishedAt).ThenByDescending(incident => incident.Id).Take(ItemsAtMost).Select(incident => incident.Show(visible)).ToList();
        var next = rows.Select(row => row.Start + (Days * Minutes.Day) + 1).Append(soon ?? long.MaxValue / 1000).Min();
        return new PageSource(published, DrawAsync) { Faults = faults };

        Task<Drawing?> DrawAsync(StoredPage page) => Task.FromResult<Drawing?>(
            new Drawing(RssFeed.Of(new FeedView(site.Name, site.Url, page.Path, site.Audience, site.Dates, items)), items, next));
    }

    /// <summary>Returns the event of the row; null, after adding a fault, if it cannot be read.</summary>
    private static T? Read<T>(IEventRow row, List<StoredFault> faults) where T : class
    {
        try
        {
            return Payload.Read<T>(row.Payload);
        }
        catch (Exception fault) when (StoredFault.IsOfData(fault))
        {
            faults.Add(new StoredFault(row.Title, fault));
            return null;
        }
    }
}
