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
/// the board and drawn again with each change. Those used least go where there are too many, or too many bytes of them.
/// </summary>
internal sealed class IncidentPages(
    IServiceScopeFactory scopes, Publisher publisher, PageRenderer renderer, SnapshotBoard board, VariantLimits limits,
    RenderFaults faults, IOptions<KenerSettings> settings, TimeProvider clock, ILogger<IncidentPages> log) : BackgroundService
{
    public const int AtMost = 1000;
    /// <summary>Bytes of all of them together.</summary>
    public const long BytesAtMost = 64 * 1024 * 1024;
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

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
        public long Bytes { get; set; }
        /// <summary>It cannot be rendered from what is stored; it is tried again with the next change.</summary>
        public bool HasFailed { get; set; }
        public DrawCauses Causes { get; } = new();
        /// <summary>The queues in which it waits, so that many changes take one place in each.</summary>
        public int Queued;
    }

    private readonly ConcurrentDictionary<Which, Page> _pages = new();
    // A monitor's new name may concern a thousand pages; an incident's news must not wait behind them.
    private readonly Channel<Which> _incidents = Channel.CreateUnbounded<Which>(), _others = Channel.CreateUnbounded<Which>();
    private readonly SemaphoreSlim _wake = new(0);
    private long _uses;

    /// <summary>Whether the last attempt to draw one again failed: what is on the board may be old.</summary>
    public bool HasFailed { get; private set; }

    private const int First = 1, Second = 2;

    public static string PathOf(long id) => $"/incidents/{id}";

    /// <summary>The page of that incident; null where there is no such incident.</summary>
    public async Task<Snapshot?> GetAsync(long id, Variant? variant, CancellationToken cancel)
    {
        var which = new Which(id, variant);
        if (board.Find(which.Key) is { } made)
        {
            if (_pages.TryGetValue(which, out var page)) page.Used = Interlocked.Increment(ref _uses);
            return made;
        }
        var isKnown = _pages.TryGetValue(which, out var known);
        if (known is { HasFailed: true }) return await InsteadAsync(which, cancel);
        // An id that was invented costs a look at the index.
        if (!isKnown && !await ExistsAsync(id, cancel)) return null;
        var drawn = variant is null || isKnown || limits.Takes(isNewZone: false) ? which : new Which(id, null);
        try
        {
            return await DrawAsync(drawn, again: false, cancel);
        }
        catch (Exception fault) when (StoredFault.IsOfData(fault) && fault is not Refusal)
        {
            Fail(drawn, fault);
            return await InsteadAsync(drawn, cancel);
        }
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
            var isFirst = _incidents.Reader.TryRead(out var which);
            if (!isFirst && !_others.Reader.TryRead(out which)) continue;
            if (!_pages.TryGetValue(which, out var page)) continue;
            // Before it is drawn, so that a change meanwhile draws it again.
            Interlocked.And(ref page.Queued, isFirst ? ~First : ~Second);
            try
            {
                using var span = page.Causes.Start("draw incident page");
                await DrawAsync(which, again: true, stoppingToken);
                HasFailed = false;
            }
            catch (Exception fault) when (StoredFault.IsOfData(fault))
            {
                Fail(which, fault);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                HasFailed = true;
                log.LogWarning(fault, "The page of incident {Id} could not be drawn; trying again", which.Id);
                await Task.Delay(AfterFault, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Enqueue(_incidents, which, page);
            }
        }
    }

    /// <summary>What is shown where a page cannot be rendered: the plain page for a variant; for that itself a refusal.</summary>
    private Task<Snapshot?> InsteadAsync(Which which, CancellationToken cancel) =>
        which.Variant is null ? throw Refusal.Unavailable("The page cannot be shown right now") : GetAsync(which.Id, null, cancel);

    /// <summary>Takes a page that cannot be rendered off the board, rather than leave it there to grow old.</summary>
    private void Fail(Which which, Exception fault)
    {
        if (!_pages.TryGetValue(which, out var page)) return;
        page.HasFailed = true;
        board.Remove(which.Key);
        faults.Set(which.Key, [new StoredFault($"Page {which.Key}", fault)]);
        LetGo();
    }

    private async Task<bool> ExistsAsync(long id, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<StatusDb>().Incidents.AnyAsync(row => row.Id == id && !row.Deleted, cancel);
    }

    private void Again(Channel<Which> queue, Func<Which, Page, bool> concerns)
    {
        foreach (var (which, page) in _pages)
        {
            if (concerns(which, page)) Enqueue(queue, which, page);
        }
    }

    private void Enqueue(Channel<Which> queue, Which which, Page page)
    {
        var place = queue == _incidents ? First : Second;
        page.Causes.Add();
        if ((Interlocked.Or(ref page.Queued, place) & place) != 0) return;
        queue.Writer.TryWrite(which);
        _wake.Release();
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
            (page.HasFailed, page.Bytes) = (false, snapshot is null ? 0 : snapshot.Body.Length + (snapshot.Brotli?.Length ?? 0));
            faults.Clear(which.Key);
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
        while (_pages.Count > AtMost || (_pages.Count > 1 && _pages.Sum(entry => entry.Value.Bytes) > BytesAtMost))
        {
            var (which, page) = _pages.MinBy(entry => entry.Value.Used);
            if (!_pages.TryRemove(new(which, page))) continue;
            board.Remove(which.Key);
            faults.Clear(which.Key);
        }
    }
}
