using System.Net;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Incidents;
using Kener.Status.Views;
using Kener.Ui;
using Microsoft.Extensions.Options;

namespace Kener.Status.Snapshots;

/// <summary>
/// The pages on the board as they are drawn for a language, a zone or a theme that a visitor chose: drawn when first asked for, by one for
/// all who ask, then kept as true as the others while used at least every ten minutes. Those in the site's own zone are few, and are kept
/// always; of the rest the number is bounded, in all and per client, and those used least recently go first. One draws at a time.
/// </summary>
internal sealed class PageVariants(
    IServiceScopeFactory scopes, Publisher publisher, PageRenderer renderer, SnapshotBoard board, SitePages pages, VariantLimits limits,
    RenderFaults faults, SiteOnBoard site, VariantUses uses, ToldLately told, IOptions<KenerSettings> settings, TimeProvider clock, Outages outages,
    ILogger<PageVariants> log) : BackgroundService
{
    /// <summary>Variants of one page, and zones of all.</summary>
    public const int AtMost = 64, ZonesAtMost = 16;
    /// <summary>Variants that one client may have kept, each of any number of pages.</summary>
    public const int AtMostPerClient = 4;
    /// <summary>One that was not used for so long goes.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1), AfterFault = TimeSpan.FromSeconds(1);

    private sealed class Drawn
    {
        public required string Path { get; init; }
        public required Variant Variant { get; init; }
        /// <summary>For whom it was first drawn.</summary>
        public required IPAddress Client { get; init; }
        public required long AskedMs { get; init; }
        public PageFacts? Facts { get; set; }
        public long Next { get; set; }
        public bool HasFailed { get; set; }
        public string Key => Variant.KeyOf(Path, Variant);
    }

    /// <summary>Whether the last attempt to draw them failed: those on the board may be old.</summary>
    public bool HasFailed { get; private set; }

    private readonly SemaphoreSlim _turn = new(1), _wake = new(0);
    private readonly FactsReader _reader = new(settings.Value, told);
    private readonly Dictionary<string, Drawn> _drawn = [];
    private readonly DrawCauses _causes = new();

    /// <summary>
    /// The page at that path as <paramref name="variant"/>; where too many others are asked for at once, in the site's own zone; null where
    /// there is no such page.
    /// </summary>
    public async Task<Snapshot?> GetAsync(string path, Variant variant, IPAddress client, CancellationToken cancel)
    {
        if (board.Find(Variant.KeyOf(path, variant)) is { } made) return made;
        if (await pages.GetAsync(path, cancel) is not { } plain) return null;
        await _turn.WaitAsync(cancel);
        try
        {
            // Somebody else may have asked a moment ago.
            if (board.Find(Variant.KeyOf(path, variant)) is { } meanwhile) return meanwhile;
            // It is tried again at the next change, not for each visitor.
            if (_drawn.TryGetValue(Variant.KeyOf(path, variant), out var known) && known.HasFailed) return plain;
            if (!IsInOwnZone(variant) && !(limits.TakesOf(client) && limits.Takes(isNewZone: !_reader.Zones.Contains(variant.Zone))))
            {
                if (site.Now.InOwnZone(variant) is not { } inOwnZone) return plain;
                if (board.Find(Variant.KeyOf(path, inOwnZone)) is { } standIn) return standIn;
                variant = inOwnZone;
            }
            var drawn = new Drawn { Path = path, Variant = variant, Client = client, AskedMs = NowMs };
            _drawn[drawn.Key] = drawn;
            MakeRoom(drawn);
            await DrawAsync([drawn], cancel);
            _wake.Release();
            return board.Find(drawn.Key) ?? plain;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Something was committed that may concern them.</summary>
    public void Wake()
    {
        _causes.Add();
        _wake.Release();
    }

    public override void Dispose()
    {
        _turn.Dispose();
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(stoppingToken);
                await DrawAllAsync(stoppingToken);
                HasFailed = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                HasFailed = true;
                if (!outages.TryReport("Drawing the pages' variants", fault)) log.LogWarning(fault, "The pages' variants could not be drawn; trying again");
                await Task.Delay(AfterFault, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _wake.Release();
            }
        }
    }

    private async Task DrawAllAsync(CancellationToken cancel)
    {
        using var span = _causes.Start("draw variants");
        foreach (var zone in await ZonesAsync(cancel))
        {
            // A turn a zone, so that whoever asks for the first time waits for one of them only.
            await _turn.WaitAsync(cancel);
            try
            {
                await DrawAsync([.. _drawn.Values.Where(drawn => drawn.Variant.Zone == zone)], cancel);
            }
            catch (Exception fault) when (StoredFault.IsOfData(fault))
            {
                foreach (var drawn in _drawn.Values.Where(drawn => drawn.Variant.Zone == zone)) Fail(drawn, fault);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    /// <summary>The zones in use, after those that nobody asks for have gone.</summary>
    private async Task<List<string>> ZonesAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var until = NowMs - (long)KeptFor.TotalMilliseconds;
            LetGo(Bounded().Where(drawn => UsedMs(drawn) <= until));
            return [.. _drawn.Values.Select(drawn => drawn.Variant.Zone).Distinct()];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Draws those of one zone that changed.</summary>
    private async Task DrawAsync(List<Drawn> ofZone, CancellationToken cancel)
    {
        if (ofZone.Count == 0) return;
        await using var scope = scopes.CreateAsyncScope();
        var (readMs, zone) = (NowMs, ofZone[0].Variant.Zone);
        var now = readMs / 1000;
        var all = await _reader.ReadAsync(scope.ServiceProvider.GetRequiredService<StatusDb>(), zone, now, cancel);
        faults.Set(zone, all.Faults);
        foreach (var drawn in ofZone)
        {
            if (all.Site.Pages.FirstOrDefault(page => page.Page.Address == drawn.Path) is not { } page || !all.Site.Published.Offers(drawn.Variant))
            {
                // A site that changes its mind leaves no pages behind that nobody can find.
                LetGo(drawn);
                continue;
            }
            try
            {
                await DrawAsync(drawn, all.Of(page), readMs);
            }
            catch (Exception fault) when (StoredFault.IsOfData(fault))
            {
                Fail(drawn, fault);
            }
        }
    }

    private async Task DrawAsync(Drawn drawn, PageFacts facts, long readMs)
    {
        var now = readMs / 1000;
        if (now < drawn.Next && facts.AreStill(drawn.Facts)) return;
        var calendar = _reader.CalendarOf(drawn.Variant.Zone);
        var today = calendar.DayOf(now);
        var view = PageRules.Of(facts, drawn.Variant.ToAudience(), History.Calendar.DateOf(today), now);
        publisher.PublishVariant(drawn.Key, await renderer.HomeAsync(view), readMs);
        (drawn.Facts, drawn.Next, drawn.HasFailed) = (facts, PageRules.NextInstant(facts, calendar.StartOf(today + 1), now), false);
        faults.Clear(drawn.Key);
    }

    /// <summary>Takes a variant that cannot be rendered off the board, rather than leave it there to grow old: the plain page stands in for it.</summary>
    private void Fail(Drawn drawn, Exception fault)
    {
        (drawn.Facts, drawn.Next, drawn.HasFailed) = (null, (NowMs / 1000) + (long)Longest.TotalSeconds, true);
        board.Remove(drawn.Key);
        faults.Set(drawn.Key, [new StoredFault($"Page {drawn.Key}", fault)]);
    }

    /// <summary>Lets go of those used least recently, until the one that was just added has its place.</summary>
    private void MakeRoom(Drawn added)
    {
        if (IsInOwnZone(added.Variant)) return;
        LetGoOfLeastUsed(Bounded().Where(drawn => drawn.Client.Equals(added.Client)), drawn => drawn.Variant, added.Variant, AtMostPerClient);
        LetGoOfLeastUsed(Bounded().Where(drawn => drawn.Path == added.Path), drawn => drawn.Variant, added.Variant, AtMost);
        LetGoOfLeastUsed(Bounded(), drawn => drawn.Variant.Zone, added.Variant.Zone, ZonesAtMost);
    }

    private void LetGoOfLeastUsed<TKey>(IEnumerable<Drawn> all, Func<Drawn, TKey> keyOf, TKey kept, int atMost) where TKey : notnull
    {
        var groups = all.GroupBy(keyOf).ToList();
        var surplus = groups.Where(group => !group.Key.Equals(kept)).OrderBy(group => group.Max(UsedMs)).Take(groups.Count - atMost);
        LetGo(surplus.SelectMany(group => group));
    }

    /// <summary>Those whose number is bounded: visitors can choose any zone, but languages and themes are few.</summary>
    private IEnumerable<Drawn> Bounded() => _drawn.Values.Where(drawn => !IsInOwnZone(drawn.Variant));

    private bool IsInOwnZone(Variant variant) => variant.Zone == site.Now.Zone;

    private long UsedMs(Drawn drawn) => Math.Max(drawn.AskedMs, uses.LastMs(drawn.Key));

    private void LetGo(IEnumerable<Drawn> all)
    {
        foreach (var drawn in all.ToList()) LetGo(drawn);
    }

    private void LetGo(Drawn drawn)
    {
        _drawn.Remove(drawn.Key);
        board.Remove(drawn.Key);
        faults.Clear(drawn.Key);
        if (_drawn.Values.Any(other => other.Variant.Zone == drawn.Variant.Zone)) return;
        _reader.Forget(drawn.Variant.Zone);
        faults.Clear(drawn.Variant.Zone);
    }

    /// <summary>Waits to be woken, or for the next instant at which the clock alone changes one of them.</summary>
    private async Task WaitAsync(CancellationToken cancel)
    {
        var next = DateTimeOffset.FromUnixTimeSeconds(await NextAsync(cancel)) - clock.GetUtcNow();
        using var late = new CancellationTokenSource(next < TimeSpan.Zero ? TimeSpan.Zero : next < Longest ? next : Longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            await _wake.WaitAsync(either.Token);
            while (_wake.Wait(0, CancellationToken.None)) { }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Nobody woke us: it is the clock's turn.
        }
    }

    private async Task<long> NextAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            return _drawn.Values.Select(drawn => drawn.Next).DefaultIfEmpty((NowMs / 1000) + Minutes.Day).Min();
        }
        finally
        {
            _turn.Release();
        }
    }

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
