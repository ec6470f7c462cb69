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
/// all who ask, then kept as true as the others while somebody asks again within ten minutes. How many there are is bounded, whatever is
/// asked for. One draws at a time.
/// </summary>
internal sealed class PageVariants(
    IServiceScopeFactory scopes, Publisher publisher, PageRenderer renderer, SnapshotBoard board, SitePages pages, VariantLimits limits,
    ToldLately told, IOptions<KenerSettings> settings, TimeProvider clock, ILogger<PageVariants> log) : BackgroundService
{
    /// <summary>Variants of one page, and zones of all.</summary>
    public const int AtMost = 64, ZonesAtMost = 16;
    /// <summary>The gateway answers from memory and tells nobody; so whoever looks on asks anew at the end of this.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1), AfterFault = TimeSpan.FromSeconds(1);

    private sealed class Drawn
    {
        public required string Path { get; init; }
        public required Variant Variant { get; init; }
        public long AskedMs { get; set; }
        public PageFacts? Facts { get; set; }
        public long Next { get; set; }
        public string Key => Variant.KeyOf(Path, Variant);
    }

    private readonly SemaphoreSlim _turn = new(1), _wake = new(0);
    private readonly FactsReader _reader = new(settings.Value, told);
    private readonly Dictionary<string, Drawn> _drawn = [];

    /// <summary>The page at that path as <paramref name="variant"/>; where too many others are asked for at once, as those see it who chose nothing.</summary>
    public async Task<Snapshot?> GetAsync(string path, Variant variant, CancellationToken cancel)
    {
        if (board.Find(Variant.KeyOf(path, variant)) is { } made) return made;
        if (await pages.GetAsync(path, cancel) is not { } plain) return null;
        await _turn.WaitAsync(cancel);
        try
        {
            // Somebody else may have asked a moment ago.
            if (board.Find(Variant.KeyOf(path, variant)) is { } meanwhile) return meanwhile;
            if (!limits.Takes(isNewZone: !_reader.Zones.Contains(variant.Zone))) return plain;
            var drawn = new Drawn { Path = path, Variant = variant, AskedMs = NowMs };
            _drawn[drawn.Key] = drawn;
            MakeRoom(path);
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
    public void Wake() => _wake.Release();

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
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                log.LogWarning(fault, "The pages' variants could not be drawn; trying again");
                await Task.Delay(AfterFault, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _wake.Release();
            }
        }
    }

    private async Task DrawAllAsync(CancellationToken cancel)
    {
        foreach (var zone in await ZonesAsync(cancel))
        {
            // A turn a zone, so that whoever asks for the first time waits for one of them only.
            await _turn.WaitAsync(cancel);
            try
            {
                await DrawAsync([.. _drawn.Values.Where(drawn => drawn.Variant.Zone == zone)], cancel);
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
            foreach (var drawn in _drawn.Values.Where(drawn => drawn.AskedMs <= until).ToList()) LetGo(drawn);
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
        var calendar = _reader.CalendarOf(zone);
        var today = calendar.DayOf(now);
        foreach (var drawn in ofZone)
        {
            if (all.Site.Pages.FirstOrDefault(page => page.Page.Address == drawn.Path) is not { } page || !all.Site.Published.Offers(drawn.Variant))
            {
                // A site that changes its mind leaves no pages behind that nobody can find.
                LetGo(drawn);
                continue;
            }
            var facts = all.Of(page);
            if (now < drawn.Next && facts.AreStill(drawn.Facts)) continue;
            var view = PageRules.Of(facts, drawn.Variant.ToAudience(), History.Calendar.DateOf(today), now);
            publisher.PublishVariant(drawn.Key, await renderer.HomeAsync(view), readMs);
            (drawn.Facts, drawn.Next) = (facts, PageRules.NextInstant(facts, calendar.StartOf(today + 1), now));
        }
    }

    private void MakeRoom(string path)
    {
        while (_drawn.Values.Count(drawn => drawn.Path == path) > AtMost) LetGo(_drawn.Values.Where(drawn => drawn.Path == path).MinBy(drawn => drawn.AskedMs)!);
        while (_drawn.Values.Select(drawn => drawn.Variant.Zone).Distinct().Count() > ZonesAtMost)
        {
            var zone = _drawn.Values.GroupBy(drawn => drawn.Variant.Zone).MinBy(of => of.Max(drawn => drawn.AskedMs))!.Key;
            foreach (var drawn in _drawn.Values.Where(drawn => drawn.Variant.Zone == zone).ToList()) LetGo(drawn);
        }
    }

    private void LetGo(Drawn drawn)
    {
        _drawn.Remove(drawn.Key);
        board.Remove(drawn.Key);
        if (_drawn.Values.All(other => other.Variant.Zone != drawn.Variant.Zone)) _reader.Forget(drawn.Variant.Zone);
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
