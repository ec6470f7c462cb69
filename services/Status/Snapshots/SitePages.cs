using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Incidents;
using Kener.Status.Views;
using Kener.Ui;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Status.Snapshots;

/// <summary>
/// The pages on the board, as those see them who chose nothing. One draws at a time, so what is kept between two drawings needs no locks;
/// pages that nothing concerned stay as they are.
/// </summary>
internal sealed class SitePages(
    IServiceScopeFactory scopes, Publisher publisher, PageRenderer renderer, SnapshotBoard board, IncidentPages incidentPages, ErrorPages errorPages, PageBell bell,
    RenderFaults faults, ToldLately told, IOptions<KenerSettings> settings, TimeProvider clock, Outages outages, ILogger<SitePages> log) : IDisposable
{
    public const string Home = "/";
    public static readonly string HomeKey = Publisher.KeyOf(Home);

    /// <summary>What a page was last drawn from, and until when it says the same.</summary>
    private sealed record Drawn(PageFacts Facts, long Next);

    /// <summary>As what the pages report what cannot be rendered.</summary>
    private const string Source = "pages";
    private const int RetrySeconds = 60;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly FactsReader _reader = new(settings.Value, told);
    private Dictionary<string, Drawn> _drawn = [];
    // Paths of pages that could not be rendered last time, though the database answered.
    private HashSet<string> _failed = [];
    private SiteFacts? _site;

    /// <summary>Whether the last attempt to draw failed, if only for one page: what is on the board is then not all that is known.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>The paths of the pages that were drawn last.</summary>
    public IReadOnlyCollection<string> Paths => Volatile.Read(ref _drawn).Keys;

    /// <summary>
    /// Draws what changed; gives the next instant (Unix seconds) at which the clock alone changes a page. A page that cannot be rendered stays
    /// as it was on the board, and the others are drawn.
    /// </summary>
    public async Task<long> DrawAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            // Where another process was faster, its facts may be newer than ours: once more.
            while (!await TryDrawAsync(scope.ServiceProvider, cancel)) { }
            HasFailed = _failed.Count > 0;
            var latest = clock.GetUtcNow().ToUnixTimeSeconds() + (HasFailed ? RetrySeconds : Minutes.Day);
            return _drawn.Values.Select(drawn => drawn.Next).Append(latest).Min();
        }
        catch (Exception fault)
        {
            HasFailed = true;
            if (StoredFault.IsOfData(fault)) faults.Set(Source, [new StoredFault("Status pages", fault)]);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Draws what an operator has just changed, so that his answer finds it done. The change itself is committed: where it can not be drawn
    /// now, it is as soon as it can.
    /// </summary>
    public async Task ShowAsync()
    {
        try
        {
            await DrawAsync(CancellationToken.None);
        }
        catch (Exception fault)
        {
            if (!outages.TryReport("Drawing what was changed", fault)) log.LogWarning(fault, "What was changed could not be drawn at once");
        }
        // The next instant of the clock may be another now, and there are the variants.
        bell.Ring();
    }

    /// <summary>The newest that there is of that path; drawn where there is none yet; null where there is no such page.</summary>
    public async Task<Snapshot?> GetAsync(string path, CancellationToken cancel)
    {
        if (board.Find(Publisher.KeyOf(path)) is { } made) return made;
        // It is tried again at the next change, not for each visitor.
        if (Volatile.Read(ref _failed).Contains(path)) throw Refusal.Unavailable("The page cannot be shown right now");
        // A page that was made by another process a moment ago is here too; else this reads little and draws nothing.
        if (path == Home || await ExistsAsync(path, cancel)) await DrawAsync(cancel);
        return board.Find(Publisher.KeyOf(path));
    }

    public void Dispose() => _turn.Dispose();

    private async Task<bool> ExistsAsync(string path, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var segment = path[1..];
        return await scope.ServiceProvider.GetRequiredService<StatusDb>().Pages.AnyAsync(page => page.Path == segment, cancel);
    }

    private async Task<bool> TryDrawAsync(IServiceProvider scope, CancellationToken cancel)
    {
        var db = scope.GetRequiredService<StatusDb>();
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var all = await _reader.ReadAsync(db, null, now, cancel);
        var drawn = new Dictionary<string, Drawn>();
        List<StoredFault> found = [.. all.Faults];
        var failed = new HashSet<string>(StringComparer.Ordinal);
        var complete = true;
        foreach (var page in all.Site.Pages)
        {
            var path = page.Page.Address;
            try
            {
                if (await DrawAsync(scope, all, page, now, cancel) is { } made) drawn[path] = made;
                else complete = false;
            }
            catch (Exception fault) when (StoredFault.IsOfData(fault))
            {
                failed.Add(path);
                found.Add(new StoredFault($"Page {path}", fault));
            }
        }
        foreach (var gone in _drawn.Keys.Concat(all.Drawn.Keys).Distinct().Where(path => all.Site.Pages.All(page => page.Page.Address != path)))
        {
            board.Remove(Publisher.KeyOf(gone));
            await Publisher.ForgetAsync(scope, gone, cancel);
        }
        Volatile.Write(ref _drawn, drawn);
        Volatile.Write(ref _failed, failed);
        faults.Set(Source, found);
        if (!ReferenceEquals(_site, all.Site))
        {
            // Before the pages of the site that it was: whoever looks for one finds the way to the new ones.
            publisher.Publish(all.Site.Published);
            if (_site is not null) incidentPages.OnSiteChanged();
            await DrawErrorPagesAsync(all.Site);
        }
        _site = all.Site;
        return complete;
    }

    /// <summary>Whether the board has the newest that anybody published.</summary>
    private bool IsShown(string path, DrawnRow? known) =>
        board.Find(Publisher.KeyOf(path)) is { } shown && shown.Version >= (known?.Version ?? 0);

    private async Task DrawErrorPagesAsync(SiteFacts site)
    {
        const string ErrorPages = "Error pages";
        try
        {
            await errorPages.DrawAsync(site);
            faults.Clear(ErrorPages);
        }
        catch (Exception fault) when (StoredFault.IsOfData(fault))
        {
            faults.Set(ErrorPages, [new StoredFault(ErrorPages, fault)]);
        }
    }

    /// <summary>The page as it was drawn last, or now; null where another process published it meanwhile.</summary>
    private async Task<Drawn?> DrawAsync(IServiceProvider scope, AllFacts all, ShownPage page, long now, CancellationToken cancel)
    {
        var (path, facts) = (page.Page.Address, all.Of(page));
        var known = all.Drawn.GetValueOrDefault(path);
        var before = _drawn.GetValueOrDefault(path);
        if (before is not null && now < before.Next && facts.AreStill(before.Facts) && IsShown(path, known)) return before;
        return await DrawAsync(scope, facts, known, now, cancel) is { } next ? new Drawn(facts, next) : null;
    }

    private async Task<long?> DrawAsync(IServiceProvider scope, PageFacts facts, DrawnRow? known, long now, CancellationToken cancel)
    {
        var settings = facts.Site.Settings;
        var calendar = _reader.CalendarOf(settings.Zone);
        var today = calendar.DayOf(now);
        var view = PageRules.Of(facts, settings.Audience, History.Calendar.DateOf(today), now);
        var page = await renderer.HomeAsync(view);
        return await publisher.TryPublishAsync(scope, facts.Page.Page.Address, known, page, cancel)
            ? PageRules.NextInstant(facts, calendar.StartOf(today + 1), now) : null;
    }
}
