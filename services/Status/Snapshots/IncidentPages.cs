using System.Collections.Concurrent;
using System.Threading.Channels;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Pages;
using Kener.Ui;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Snapshots;

/// <summary>
/// The pages of single incidents: drawn when first asked for, by one for all who ask, then kept on the board and drawn again with each
/// change. Those used least go where there are too many.
/// </summary>
internal sealed class IncidentPages(Publisher publisher, PageRenderer renderer, SnapshotBoard board, ILogger<IncidentPages> log) : BackgroundService
{
    public const int AtMost = 1000;

    private sealed class Page
    {
        public SemaphoreSlim Turn { get; } = new(1);
        public IReadOnlyList<long> MonitorIds { get; set; } = [];
        public long Used { get; set; }
    }

    private readonly ConcurrentDictionary<long, Page> _pages = new();
    // A monitor's new name may concern a thousand pages; an incident's news must not wait behind them.
    private readonly Channel<long> _incidents = Channel.CreateUnbounded<long>(), _others = Channel.CreateUnbounded<long>();
    private readonly SemaphoreSlim _wake = new(0);
    private long _uses;

    public static string PathOf(long id) => $"/incidents/{id}";

    /// <summary>The page of that incident; null where there is no such incident.</summary>
    public async Task<Snapshot?> GetAsync(long id, CancellationToken cancel)
    {
        if (board.Find(Publisher.KeyOf(PathOf(id))) is not { } made) return await DrawAsync(id, again: false, cancel);
        if (_pages.TryGetValue(id, out var page)) page.Used = Interlocked.Increment(ref _uses);
        return made;
    }

    /// <summary>Draws its page again, or takes it away, at once.</summary>
    public void OnIncidentChanged(long id)
    {
        if (!_pages.ContainsKey(id)) return;
        _incidents.Writer.TryWrite(id);
        _wake.Release();
    }

    /// <summary>Draws the pages again that name this monitor.</summary>
    public void OnMonitorChanged(long monitorId)
    {
        foreach (var (id, page) in _pages)
        {
            if (!page.MonitorIds.Contains(monitorId)) continue;
            _others.Writer.TryWrite(id);
            _wake.Release();
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _wake.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_incidents.Reader.TryRead(out var id) && !_others.Reader.TryRead(out id)) continue;
            try
            {
                await DrawAsync(id, again: true, stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                log.LogWarning(fault, "The page of incident {Id} could not be drawn; it will be when it is asked for", id);
                board.Remove(Publisher.KeyOf(PathOf(id)));
            }
        }
    }

    private async Task<Snapshot?> DrawAsync(long id, bool again, CancellationToken cancel)
    {
        var key = Publisher.KeyOf(PathOf(id));
        // Known as asked for before it is drawn, so that a change meanwhile draws it again.
        var page = _pages.GetOrAdd(id, _ => new Page());
        page.Used = Interlocked.Increment(ref _uses);
        await page.Turn.WaitAsync(cancel);
        try
        {
            if (!again && board.Find(key) is { } made) return made;
            var snapshot = await publisher.PublishAsync(PathOf(id), db => RenderAsync(db, id, page, cancel), cancel);
            if (snapshot is null) _pages.TryRemove(new(id, page));
            else if (!_pages.TryGetValue(id, out var kept) || kept != page) board.Remove(key);
            else LetGo();
            return snapshot;
        }
        finally
        {
            page.Turn.Release();
        }
    }

    private async Task<RenderedPage?> RenderAsync(StatusDb db, long id, Page page, CancellationToken cancel)
    {
        var row = await db.Incidents.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id && !row.Deleted, cancel);
        if (row is null) return null;
        var incident = Payload.Read<IncidentChanged>(row.Payload);
        var ids = incident.Monitors.Select(link => link.MonitorId).Distinct().ToArray();
        page.MonitorIds = ids;
        var told = await db.Monitors.AsNoTracking().Where(monitor => ids.Contains(monitor.Id)).ToListAsync(cancel);
        var visible = told.Select(monitor => Payload.Read<MonitorChanged>(monitor.Payload)).Where(monitor => monitor.IsVisible())
            .ToDictionary(monitor => monitor.Id);
        return await renderer.IncidentAsync(new IncidentPageView(new SiteView { Name = Visibility.SiteName }, Audience.Default, incident.Show(visible)));
    }

    private void LetGo()
    {
        while (_pages.Count > AtMost)
        {
            var (id, page) = _pages.MinBy(entry => entry.Value.Used);
            if (_pages.TryRemove(new(id, page))) board.Remove(Publisher.KeyOf(PathOf(id)));
        }
    }
}
