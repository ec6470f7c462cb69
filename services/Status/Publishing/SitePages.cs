using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Status.Projections;
using Kener.Status.Projections.History;
using Kener.Status.Projections.Incidents;
using Kener.Status.Rendering;
using Kener.Status.Site.Settings;
using Kener.Ui;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Status.Publishing;

/// <summary>The status pages, in every language, zone and theme. A page is not rendered again if nothing on it has changed.</summary>
internal sealed class SitePages(
    Publisher publisher, PageRenderer renderer, SnapshotStore board, ErrorPages errorPages, RenderTrigger trigger, RenderFaults faults, RecentIncidents told,
    IOptions<KenerSettings> settings) : PageDefinition(PageKind.Status)
{
    public static readonly string HomeKey = Publisher.KeyOf(PageKind.Home);

    /// <summary>The facts that a page was last rendered from, and the instant until which it stays the same.</summary>
    private sealed record Drawn(PageFacts Facts, long Next);

    private readonly FactsReader _reader = new(settings.Value, told);
    private SiteFacts? _site;

    public override string BatchOf(StoredPage page) => page.Variant?.Zone ?? "";

    public override PageTurn? TurnAfter(StoredPage page, PageChange change) =>
        change.Kind is not (PageChangeKind.Status or PageChangeKind.Results) ? null : page.Variant is null ? PageTurn.First : PageTurn.Changed;

    public override async Task<bool> ExistsAsync(StatusDb db, string path, CancellationToken cancel)
    {
        var segment = path[1..];
        return path == PageKind.Home || await db.Pages.AnyAsync(page => page.Path == segment, cancel);
    }

    public override Task<Refusal> MissingAsync(StatusDb db, string path, CancellationToken cancel) =>
        path == PageKind.Home ? Task.FromResult(Refusal.Unavailable("The page is not there yet")) : base.MissingAsync(db, path, cancel);

    public override async Task<PageSource> ReadAsync(StatusDb db, IReadOnlyList<StoredPage> batch, long now, CancellationToken cancel)
    {
        var variant = batch[0].Variant;
        var all = await _reader.ReadAsync(db, variant?.Zone, now, cancel);
        var source = new PageSource(all.Drawn, page => DrawAsync(all, page, now)) { Faults = all.Faults };
        return variant is not null ? source : source with
        {
            Paths = all.Site.Pages.Select(page => page.Page.Address),
            AfterAsync = () => PublishAsync(all.Site),
        };
    }

    public override void Forget(string zone)
    {
        if (zone != _site?.Settings.Zone) _reader.Forget(zone);
    }

    private async Task<Drawing?> DrawAsync(AllFacts all, StoredPage stored, long now)
    {
        // A page or variant that the site no longer offers is removed, since no visitor could reach it.
        if (all.Site.Pages.FirstOrDefault(page => page.Page.Address == stored.Path) is not { } page
            || stored.Variant is { } variant && !all.Site.Published.Offers(variant)) return null;
        var facts = all.Of(page);
        if (stored.Facts is Drawn before && now < before.Next && facts.AreStill(before.Facts) && IsShown(stored, all)) return new Drawing(null, before, before.Next);
        var calendar = _reader.CalendarOf(stored.Variant?.Zone ?? all.Site.Settings.Zone);
        var today = calendar.DayOf(now);
        var view = PageRules.Of(facts, stored.Variant?.ToAudience() ?? all.Site.Settings.Audience, Calendar.DateOf(today), now);
        var next = PageRules.NextInstant(facts, calendar.StartOf(today + 1), now);
        return new Drawing(await renderer.HomeAsync(view), new Drawn(facts, next), next);
    }

    /// <summary>Whether the snapshot here is the newest version that any process published.</summary>
    private bool IsShown(StoredPage page, AllFacts all) => board.Find(page.Key) is { } shown
        && (page.Variant is not null || shown.Version >= (all.Drawn.GetValueOrDefault(page.Path)?.Version ?? 0));

    /// <summary>
    /// Publishes the site if it has changed: after its status pages, so that those that it names can be served, and before all other pages.
    /// </summary>
    private async Task PublishAsync(SiteFacts site)
    {
        const string ErrorPages = "Error pages";
        if (ReferenceEquals(_site, site)) return;
        publisher.Publish(site.Published);
        if (_site is not null) trigger.Note(new PageChange(PageChangeKind.Site));
        _site = site;
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
}
