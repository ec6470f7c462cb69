using System.Net;
using Kener.ServiceDefaults;
using Kener.Status.Database;

namespace Kener.Status.Snapshots;

/// <summary>
/// The pages of all kinds that are kept, and when each is to be drawn. Visitors ask here for what is not on the board; <see cref="PageLoop"/>
/// draws, and it alone removes pages.
/// </summary>
internal sealed class PageStore(
    IEnumerable<PageDefinition> definitions, IServiceScopeFactory scopes, SnapshotBoard board, VariantLimits limits, RenderFaults faults, SiteOnBoard site,
    VariantUses uses, PageBell bell, TimeProvider clock)
{
    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1), AfterFault = TimeSpan.FromMinutes(1);

    private readonly Dictionary<PageKind, PageDefinition> _definitions = definitions.ToDictionary(definition => definition.Kind);
    private readonly Dictionary<string, StoredPage> _pages = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _asked;

    /// <summary>Whether a page on the board may be old because the last attempt to draw it failed.</summary>
    public bool IsBehind
    {
        get
        {
            lock (_gate) return _pages.Values.Any(page => page.IsBehind && (page.Definition.Keeps(page) || board.Find(page.Key) is not null));
        }
    }

    /// <summary>Whether the board lacks a version that was published, or a page that was drawn has none, as in a database that was restored.</summary>
    public bool Misses(IReadOnlyDictionary<string, DrawnRow> published)
    {
        if (published.Values.Any(row => board.Find(Publisher.KeyOf(row.Path)) is not { } shown || shown.Version < row.Version)) return true;
        lock (_gate) return _pages.Values.Any(page => page is { Facts: not null, Variant: null } && page.Definition.Kind == PageKind.Status && !published.ContainsKey(page.Path));
    }

    /// <summary>
    /// The page at that address; another variant of it where too many are asked for at once, or where the variant cannot be drawn; null where
    /// there is no such page.
    /// </summary>
    public async Task<Snapshot?> GetAsync(PageAddress address, Variant? variant, IPAddress client, CancellationToken cancel)
    {
        var (definition, key) = (_definitions[address.Kind], Variant.KeyOf(address.Path, variant));
        var isKnown = Touch(key);
        if (board.Find(key) is { } made) return made;
        // An invented address costs a look at an index.
        if (!isKnown && board.Find(Publisher.KeyOf(address.Path)) is null && !await ReadAsync(db => definition.ExistsAsync(db, address.Path, cancel))) return null;
        if (Ask(definition, address.Path, variant, client) is { } drawn)
        {
            bell.Wake();
            await drawn.WaitAsync(cancel);
            if (board.Find(key) is { } page) return page;
        }
        if (variant is not null) return await GetAsync(address, definition.Kind.IsOnDemand || IsInOwnZone(variant) ? null : site.Now.InOwnZone(variant), client, cancel);
        lock (_gate) return _pages.ContainsKey(key) ? throw Refusal.Unavailable("The page cannot be shown right now") : null;
    }

    /// <summary>The answer where <see cref="GetAsync"/> gave none.</summary>
    public Task<Refusal> MissingAsync(PageAddress address, CancellationToken cancel) =>
        ReadAsync(db => _definitions[address.Kind].MissingAsync(db, address.Path, cancel));

    /// <summary>
    /// Draws what an operator has just changed, so that the response finds it done. The change itself is committed: where it cannot be drawn
    /// now, the loop tries again.
    /// </summary>
    public async Task ShowAsync()
    {
        var causes = new DrawCauses();
        causes.Add();
        Task drawn;
        lock (_gate)
        {
            var home = GetOrAdd(_definitions[PageKind.Status], PageKind.Home);
            Apply(new PageChange(PageChangeKind.Status), causes);
            drawn = (home.Next ??= NewCompletion()).Task;
        }
        bell.Wake();
        await drawn.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Has the home page drawn, and all that its facts name.</summary>
    public void Start()
    {
        lock (_gate) GetOrAdd(_definitions[PageKind.Status], PageKind.Home);
    }

    /// <summary>Has the pages drawn that this change concerns.</summary>
    public void Apply(PageChange change, DrawCauses causes)
    {
        lock (_gate)
        {
            foreach (var page in _pages.Values)
            {
                if (page.Definition.TurnAfter(page, change) is not { } turn) continue;
                Mark(page, change.Kind == PageChangeKind.Readings ? page.DrawnMs + (long)PageBell.ReadingsEvery.TotalMilliseconds : 0, turn);
                page.Causes.Add(causes);
            }
        }
    }

    /// <summary>The pages to be drawn now, all of one batch; empty where none is due.</summary>
    public IReadOnlyList<StoredPage> Take()
    {
        var nowMs = NowMs;
        lock (_gate)
        {
            if (_pages.Values.Where(page => page.DueMs <= nowMs).MinBy(page => (page.Turn, page.DueMs)) is not { } first) return [];
            var (definition, batch) = (first.Definition, first.Definition.BatchOf(first));
            // Where all are kept, whether one has changed is known as soon as the facts are read.
            List<StoredPage> taken = [.. _pages.Values.Where(page => page.Definition == definition
                && (page.DueMs <= nowMs || !definition.Kind.IsOnDemand) && definition.BatchOf(page) == batch)];
            foreach (var page in taken) Begin(page);
            return taken;
        }
    }

    /// <summary>When the next page is due; in a minute at the latest, as unused ones go.</summary>
    public DateTimeOffset NextDue()
    {
        var latest = NowMs + 60_000;
        lock (_gate) return DateTimeOffset.FromUnixTimeMilliseconds(_pages.Values.Select(page => page.DueMs).Append(latest).Min());
    }

    /// <summary>The batch, and the pages that belong to it and are not in the store yet.</summary>
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

    /// <summary>Keeps what a page was drawn from.</summary>
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

    /// <summary>Notes that a page cannot be rendered from what is stored; takes it off the board, unless it is always kept, rather than let it grow old there.</summary>
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

    /// <summary>Has pages drawn again that could not be drawn because of an outage; those that no visitor has seen yet go.</summary>
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

    /// <summary>Tells those who wait for a drawing that it is done, or why it failed.</summary>
    public void Finish(StoredPage page, Exception? fault = null)
    {
        TaskCompletionSource? done;
        lock (_gate) (done, page.Current) = (page.Current, null);
        if (fault is null) done?.TrySetResult();
        else if (done?.TrySetException(fault) is true) _ = done.Task.Exception;
    }

    /// <summary>Ends the wait for drawings that will not come, as the loop has ended.</summary>
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

    /// <summary>Drops the pages that are used least, where there are too many.</summary>
    public void MakeRoom()
    {
        List<StoredPage> all;
        lock (_gate) all = [.. _pages.Values];
        foreach (var page in PageLimits.Surplus(all, site.Now.Zone, UsedMs, NowMs)) Remove(page);
    }

    /// <summary>Drops a page, also from the board.</summary>
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

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private static TaskCompletionSource NewCompletion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<T> ReadAsync<T>(Func<StatusDb, Task<T>> read)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<StatusDb>());
    }

    /// <summary>Notes that a visitor wants the page; says whether it is in the store.</summary>
    private bool Touch(string key)
    {
        lock (_gate)
        {
            if (!_pages.TryGetValue(key, out var page)) return false;
            page.Asked = (NowMs, ++_asked);
            return true;
        }
    }

    /// <summary>Done when the page is drawn; null where it may not be drawn for this client now, or failed and is tried again later.</summary>
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
    /// Takes what a variant costs. Languages and themes of few pages in the site's own zone are free; of other zones, in which days must be
    /// counted, the first page costs more.
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
        // What was asked of it since it was begun is for the next time.
        if (page.Current is not null) return;
        (page.Current, page.Next) = (page.Next ?? NewCompletion(), null);
        (page.DueMs, page.DrawnMs, page.Turn) = (StoredPage.Never, NowMs, page.Definition.Keeps(page) ? PageTurn.First : PageTurn.Later);
    }

    private static void Mark(StoredPage page, long dueMs, PageTurn turn) =>
        (page.DueMs, page.Turn) = (Math.Min(page.DueMs, dueMs), turn < page.Turn ? turn : page.Turn);
}
