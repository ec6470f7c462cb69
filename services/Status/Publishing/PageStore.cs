using System.Net;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Status.Projections;

namespace Kener.Status.Publishing;

/// <summary>
/// The pages of all kinds that are kept, and when each is to be rendered. Visitors' requests come here for pages that have no snapshot;
/// <see cref="PageLoop"/> renders, and it alone removes pages.
/// </summary>
internal sealed class PageStore(
    IEnumerable<PageDefinition> definitions, IServiceScopeFactory scopes, SnapshotStore board, VariantLimits limits, RenderFaults faults, CurrentSite site,
    VariantUses uses, RenderTrigger trigger, TimeProvider clock)
{
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1), AfterFault = TimeSpan.FromMinutes(1);

    private readonly Dictionary<PageKind, PageDefinition> _definitions = definitions.ToDictionary(definition => definition.Kind);
    private readonly Dictionary<string, StoredPage> _pages = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _asked;

    /// <summary>Whether a published page may be outdated because the last attempt to render it failed.</summary>
    public bool IsBehind
    {
        get
        {
            lock (_gate) return _pages.Values.Any(page => page.IsBehind && (page.Definition.Keeps(page) || board.Find(page.Key) is not null));
        }
    }

    /// <summary>Whether the snapshot of a published version is missing here, or a rendered page has no version (as in a restored database).</summary>
    public bool Misses(IReadOnlyDictionary<string, PublishedVersion> published)
    {
        if (published.Values.Any(row => board.Find(Publisher.KeyOf(row.Path)) is not { } shown || shown.Version < row.Version)) return true;
        lock (_gate) return _pages.Values.Any(page => page is { Facts: not null, Variant: null } && page.Definition.Kind == PageKind.Status && !published.ContainsKey(page.Path));
    }

    /// <summary>
    /// Returns the page at the address; another variant of it if too many are requested at once, or the variant cannot be rendered; null if there is
    /// no such page.
    /// </summary>
    public async Task<Snapshot?> GetAsync(PageAddress address, Variant? variant, IPAddress client, CancellationToken cancel)
    {
        var (definition, key) = (_definitions[address.Kind], Variant.KeyOf(address.Path, variant));
        var isKnown = Touch(key);
        if (board.Find(key) is { } made) return made;
        // An invented address costs only an index lookup.
        if (!isKnown && board.Find(Publisher.KeyOf(address.Path)) is null && !await ReadAsync(db => definition.ExistsAsync(db, address.Path, cancel))) return null;
        if (Ask(definition, address.Path, variant, client) is { } drawn)
        {
            trigger.Wake();
            await drawn.WaitAsync(cancel);
            if (board.Find(key) is { } page) return page;
        }
        if (variant is not null) return await GetAsync(address, definition.Kind.IsOnDemand || IsInOwnZone(variant) ? null : site.Now.InOwnZone(variant), client, cancel);
        lock (_gate) return _pages.ContainsKey(key) ? throw Refusal.Unavailable("The page cannot be shown right now") : null;
    }

    /// <summary>Returns the answer if <see cref="GetAsync"/> returned null.</summary>
    public Task<Refusal> MissingAsync(PageAddress address, CancellationToken cancel) =>
        ReadAsync(db => _definitions[address.Kind].MissingAsync(db, address.Path, cancel));

    /// <summary>Has the status pages rendered, and completes these requests when they are.</summary>
    public void Show(IReadOnlyList<TaskCompletionSource> waiting)
    {
        if (waiting.Count == 0) return;
        Task rendered;
        lock (_gate)
        {
            var home = GetOrAdd(_definitions[PageKind.Status], PageKind.Home);
            Mark(home, 0, PageTurn.First);
            rendered = (home.Next ??= NewCompletion()).Task;
        }
        _ = rendered.ContinueWith(_ => Complete(waiting), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Has the home page rendered, and all pages that its facts name.</summary>
    public void Start()
    {
        lock (_gate) GetOrAdd(_definitions[PageKind.Status], PageKind.Home);
    }

    /// <summary>Has the pages rendered that this change concerns.</summary>
    public void Apply(PageChange change, RenderCauses causes)
    {
        lock (_gate)
        {
            foreach (var page in _pages.Values)
            {
                if (page.Definition.TurnAfter(page, change) is not { } turn) continue;
                Mark(page, change.Kind == PageChangeKind.Results ? page.DrawnMs + (long)RenderTrigger.ResultsEvery.TotalMilliseconds : 0, turn);
                page.Causes.Add(causes);
            }
        }
    }

    /// <summary>Returns the pages to be rendered now, all of one batch; empty if none is due.</summary>
    public IReadOnlyList<StoredPage> Take()
    {
        var nowMs = NowMs;
        lock (_gate)
        {
            if (_pages.Values.Where(page => page.DueMs <= nowMs).MinBy(page => (page.Turn, page.DueMs)) is not { } first) return [];
            var (definition, batch) = (first.Definition, first.Definition.BatchOf(first));
            // If all pages of the kind are kept, the facts of the batch show which of them have changed.
            List<StoredPage> taken = [.. _pages.Values.Where(page => page.Definition == definition
                && (page.DueMs <= nowMs || !definition.Kind.IsOnDemand) && definition.BatchOf(page) == batch)];
            foreach (var page in taken) Begin(page);
            return taken;
        }
    }

    /// <summary>Returns when the next page is due; in a minute at the latest, since unused pages are dropped.</summary>
    public DateTimeOffset NextDue()
    {
        var latest = NowMs + 60_000;
        lock (_gate) return DateTimeOffset.FromUnixTimeMilliseconds(_pages.Values.Select(page => page.DueMs).Append(latest).Min());
    }

    /// <summary>Returns the batch, and the pages that belong to it and were not in the store yet.</summary>
    public IReadOnlyList<StoredPage> Complete(IReadOnlyList<StoredPage> batch, PageSource source)
    {
        var definition = batch[0].Definition;
        if (definition.Kind.IsOnDemand || batch[0].Variant is not null) return batch;
        lock (_gate)
        {
            List<StoredPage> all = [.. batch.Union(source.Paths.Concat(source.Published.Keys).Select(path => GetOrAdd(definition, path)))];
            foreach (var page in all) Begin(page);
            return all;
        }
    }

    /// <summary>Records that a page was rendered, and the facts that it was rendered from.</summary>
    public void Keep(StoredPage page, Drawing drawing)
    {
        var shown = board.Find(page.Key);
        lock (_gate)
        {
            (page.Facts, page.HasFailed, page.IsBehind) = (drawing.Facts, false, false);
            page.Bytes = shown is null ? 0 : shown.Body.Length + (shown.Brotli?.Length ?? 0);
            if (drawing.Next is { } next) Mark(page, next * 1000, page.Turn);
        }
        faults.Clear(page.Key);
    }

    /// <summary>Records that a page cannot be rendered. Removes its snapshot, unless the page is always kept: it would become outdated.</summary>
    public void Fail(StoredPage page, Exception fault)
    {
        lock (_gate)
        {
            (page.Facts, page.HasFailed, page.IsBehind) = (null, true, true);
            Mark(page, NowMs + (long)AfterFault.TotalMilliseconds, page.Turn);
        }
        if (!page.Definition.Keeps(page)) board.Remove(page.Key);
        faults.Set(page.Key, [new StoredFault($"Page {(page.Variant is null ? page.Path : page.Key)}", fault)]);
    }

    /// <summary>Has a page rendered again that could not be rendered because of an outage; drops it if no visitor has seen it yet.</summary>
    public void Postpone(StoredPage page)
    {
        if (!page.Definition.Keeps(page) && board.Find(page.Key) is null)
        {
            Remove(page);
            return;
        }
        lock (_gate)
        {
            page.IsBehind = true;
            Mark(page, NowMs + (long)AfterOutage.TotalMilliseconds, page.Turn);
        }
    }

    /// <summary>Completes the wait for a rendering, with the fault if it failed.</summary>
    public void Finish(StoredPage page, Exception? fault = null)
    {
        TaskCompletionSource? done;
        lock (_gate) (done, page.Current) = (page.Current, null);
        if (fault is null) done?.TrySetResult();
        else if (done?.TrySetException(fault) is true) _ = done.Task.Exception;
    }

    /// <summary>Cancels the wait for renderings that will not happen, since the loop has ended.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            foreach (var page in _pages.Values)
            {
                page.Next?.TrySetCanceled();
                page.Current?.TrySetCanceled();
                (page.Next, page.Current, page.DueMs) = (null, null, 0);
            }
        }
    }

    /// <summary>Drops the least recently used pages if there are too many.</summary>
    public void MakeRoom()
    {
        List<StoredPage> all;
        lock (_gate) all = [.. _pages.Values];
        foreach (var page in PageLimits.Surplus(all, site.Now.Zone, UsedMs, NowMs)) Remove(page);
    }

    /// <summary>Drops a page and its snapshot.</summary>
    public void Remove(StoredPage page)
    {
        var zone = page.Variant?.Zone;
        bool isLast;
        lock (_gate)
        {
            _pages.Remove(page.Key);
            isLast = zone is not null && !HasZone(page.Definition, zone);
            page.Next?.TrySetResult();
        }
        board.Remove(page.Key);
        faults.Clear(page.Key);
        if (!isLast) return;
        page.Definition.Forget(zone!);
        faults.Clear(page.Definition.SourceOf(page));
    }

    private static void Complete(IReadOnlyList<TaskCompletionSource> waiting)
    {
        foreach (var request in waiting) request.TrySetResult();
    }

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<T> ReadAsync<T>(Func<StatusDb, Task<T>> read)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<StatusDb>());
    }

    /// <summary>Records a visitor's request for the page; returns whether it is in the store.</summary>
    private bool Touch(string key)
    {
        lock (_gate)
        {
            if (!_pages.TryGetValue(key, out var page)) return false;
            page.Asked = (NowMs, ++_asked);
            return true;
        }
    }

    /// <summary>Returns a task that completes when the page is rendered; null if this client must wait, or a failed page is not tried yet.</summary>
    private Task? Ask(PageDefinition definition, string path, Variant? variant, IPAddress client)
    {
        lock (_gate)
        {
            if (!_pages.TryGetValue(Variant.KeyOf(path, variant), out var page))
            {
                if (variant is not null && !MayDraw(definition, variant, client)) return null;
                page = GetOrAdd(definition, path, variant, client);
                Touch(page.Key);
            }
            if (page.HasFailed) return null;
            if (page.Current is { } current) return current.Task;
            Mark(page, 0, PageTurn.Asked);
            return (page.Next ??= NewCompletion()).Task;
        }
    }

    /// <summary>
    /// Takes the cost of a variant from the budgets. In the site's own zone, languages and themes are free for kinds that have few pages; in another
    /// zone, whose days must be counted, the first page costs more.
    /// </summary>
    private bool MayDraw(PageDefinition definition, Variant variant, IPAddress client) =>
        !definition.Kind.IsOnDemand && IsInOwnZone(variant)
        || limits.TakesOf(client) && limits.Takes(isNewZone: !definition.Kind.IsOnDemand && !HasZone(definition, variant.Zone));

    private bool IsInOwnZone(Variant variant) => variant.Zone == site.Now.Zone;

    private bool HasZone(PageDefinition definition, string zone) => _pages.Values.Any(page => page.Definition == definition && page.Variant?.Zone == zone);

    private long UsedMs(StoredPage page) => page.Next is null ? Math.Max(page.Asked.Ms, uses.LastMs(page.Key)) : StoredPage.Never;

    private StoredPage GetOrAdd(PageDefinition definition, string path, Variant? variant = null, IPAddress? client = null)
    {
        var page = new StoredPage(definition, path, variant, client);
        if (_pages.TryGetValue(page.Key, out var known)) return known;
        if (definition.Keeps(page)) Mark(page, 0, PageTurn.First);
        return _pages[page.Key] = page;
    }

    private void Begin(StoredPage page)
    {
        // Already begun: what was requested since then is for the next rendering.
        if (page.Current is not null) return;
        (page.Current, page.Next) = (page.Next ?? NewCompletion(), null);
        (page.DueMs, page.DrawnMs, page.Turn) = (StoredPage.Never, NowMs, page.Definition.Keeps(page) ? PageTurn.First : PageTurn.Later);
    }

    private static void Mark(StoredPage page, long dueMs, PageTurn turn) =>
        (page.DueMs, page.Turn) = (Math.Min(page.DueMs, dueMs), turn < page.Turn ? turn : page.Turn);
}
