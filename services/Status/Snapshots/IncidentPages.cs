using System.Collections.Concurrent;
using System.Threading.Channels;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Views;
using Kener.Ui;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Status.Snapshots;

/// <summary>
/// The pages of single incidents, in whatever language, zone and theme: drawn when first asked for, by one for all who ask, then kept on
/// the board and drawn again with each change. Those used least go where there are too many.
/// </summary>
internal sealed class IncidentPages(
    IServiceScopeFactory scopes, Publisher publisher, PageRenderer renderer, SnapshotBoard board, VariantLimits limits,
    IOptions<KenerSettings> settings, TimeProvider clock, ILogger<IncidentPages> log) : BackgroundService
{
    public const int AtMost = 1000;

    /// <summary>No variant: as those see it who chose nothing.</summary>
    private readonly record struct Which(long Id, Variant? Variant)
    {
        public string Key => Variant.KeyOf(PathOf(Id), Variant);
    }

    private sealed class Page
    {
        public SemaphoreSlim Turn { get; } = new(1);
        public IReadOnlyList<long> MonitorIds { get; set; } = [];
        public long Used { get; set; }
    }

    private readonly ConcurrentDictionary<Which, Page> _pages = new();
    // A monitor's new name may concern a thousand pages; an incident's news must not wait behind them.
    private readonly Channel<Which> _incidents = Channel.CreateUnbounded<Which>(), _others = Channel.CreateUnbounded<Which>();
    private readonly SemaphoreSlim _wake = new(0);
    private long _uses;

    public static string PathOf(long id) => $"/incidents/{id}";

    /// <summary>The page of that incident; null where there is no such incident.</summary>
    public async Task<Snapshot?> GetAsync(long id, Variant? variant, CancellationToken cancel)
    {
        var which = new Which(id, variant);
        if (board.Find(which.Key) is not { } made)
            return await DrawAsync(variant is null || _pages.ContainsKey(which) || limits.Takes(isNewZone: false) ? which : new Which(id, null), again: false, cancel);
        if (_pages.TryGetValue(which, out var page)) page.Used = Interlocked.Increment(ref _uses);
        return made;
    }

    /// <summary>Whether there was such an incident, and there is none any more.</summary>
    public async Task<bool> IsGoneAsync(long id, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<StatusDb>().Incidents.AnyAsync(row => row.Id == id && row.Deleted, cancel);
    }

    /// <summary>Draws its pages again, or takes them away, at once.</summary>
    public void OnIncidentChanged(long id) => Again(_incidents, (which, _) => which.Id == id);

    /// <summary>Draws the pages again that name this monitor.</summary>
    public void OnMonitorChanged(long monitorId) => Again(_others, (_, page) => page.MonitorIds.Contains(monitorId));

    /// <summary>Draws all of them again: what is around them has changed.</summary>
    public void OnSiteChanged() => Again(_others, (_, _) => true);

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
            if (!_incidents.Reader.TryRead(out var which) && !_others.Reader.TryRead(out which)) continue;
            try
            {
                await DrawAsync(which, again: true, stoppingToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                log.LogWarning(fault, "The page of incident {Id} could not be drawn; it will be when it is asked for", which.Id);
                board.Remove(which.Key);
            }
        }
    }

    private void Again(Channel<Which> queue, Func<Which, Page, bool> concerns)
    {
        foreach (var (which, page) in _pages)
        {
            if (!concerns(which, page)) continue;
            queue.Writer.TryWrite(which);
            _wake.Release();
        }
    }

    private async Task<Snapshot?> DrawAsync(Which which, bool again, CancellationToken cancel)
    {
        // Known as asked for before it is drawn, so that a change meanwhile draws it again.
        var page = _pages.GetOrAdd(which, _ => new Page());
        page.Used = Interlocked.Increment(ref _uses);
        await page.Turn.WaitAsync(cancel);
        try
        {
            if (!again && board.Find(which.Key) is { } made) return made;
            var snapshot = which.Variant is null
                ? await publisher.PublishAsync(PathOf(which.Id), db => RenderAsync(db, which, page, cancel), cancel)
                : await DrawVariantAsync(which, page, cancel);
            if (snapshot is null) _pages.TryRemove(new(which, page));
            else if (!_pages.TryGetValue(which, out var kept) || kept != page) board.Remove(which.Key);
            else LetGo();
            return snapshot;
        }
        finally
        {
            page.Turn.Release();
        }
    }

    private async Task<Snapshot?> DrawVariantAsync(Which which, Page page, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var readMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var drawn = await RenderAsync(scope.ServiceProvider.GetRequiredService<StatusDb>(), which, page, cancel);
        if (drawn is not null) return publisher.PublishVariant(which.Key, drawn, readMs);
        board.Remove(which.Key);
        return null;
    }

    private async Task<RenderedPage?> RenderAsync(StatusDb db, Which which, Page page, CancellationToken cancel)
    {
        var row = await db.Incidents.AsNoTracking().FirstOrDefaultAsync(row => row.Id == which.Id && !row.Deleted, cancel);
        if (row is null) return null;
        var incident = Payload.Read<IncidentChanged>(row.Payload);
        var ids = incident.Monitors.Select(link => link.MonitorId).Distinct().ToArray();
        page.MonitorIds = ids;
        var told = await db.Monitors.AsNoTracking().Where(monitor => ids.Contains(monitor.Id)).ToListAsync(cancel);
        var visible = told.Select(monitor => Payload.Read<MonitorChanged>(monitor.Payload)).Where(monitor => monitor.IsVisible())
            .ToDictionary(monitor => monitor.Id);
        var site = await SiteReader.ReadAsync(db, settings.Value, cancel);
        // A choice that the site no longer offers has no page.
        if (which.Variant is { } variant && !site.Published.Offers(variant)) return null;
        var audience = which.Variant?.ToAudience() ?? site.Settings.Audience;
        return await renderer.IncidentAsync(new IncidentPageView(SiteRules.Of(site, null), audience, incident.Show(visible)));
    }

    private void LetGo()
    {
        while (_pages.Count > AtMost)
        {
            var (which, page) = _pages.MinBy(entry => entry.Value.Used);
            if (_pages.TryRemove(new(which, page))) board.Remove(which.Key);
        }
    }
}
