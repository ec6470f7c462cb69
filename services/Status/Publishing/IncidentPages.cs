using System.Globalization;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Status.Projections;
using Kener.Status.Projections.Monitors;
using Kener.Status.Rendering;
using Kener.Status.Site.Settings;
using Kener.Ui;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Status.Publishing;

/// <summary>The pages of single incidents.</summary>
internal sealed class IncidentPages(PageRenderer renderer, IOptions<KenerSettings> settings) : PageDefinition(PageKind.Incident)
{
    public override string BatchOf(StoredPage page) => page.Path;

    public override PageTurn? TurnAfter(StoredPage page, PageChange change) => change.Kind switch
    {
        PageChangeKind.Incident when IdOf(page.Path) == change.Id => PageTurn.Changed,
        // A monitor may be named on a thousand pages; a change of an incident must not wait behind them.
        PageChangeKind.Monitor when page.Facts is not long[] ids || ids.Contains(change.Id) => PageTurn.Later,
        PageChangeKind.Site => PageTurn.Later,
        _ => null,
    };

    public override async Task<bool> ExistsAsync(StatusDb db, string path, CancellationToken cancel) =>
        IdOf(path) is { } id && await db.Incidents.AnyAsync(row => row.Id == id && !row.Deleted, cancel);

    public override async Task<Refusal> MissingAsync(StatusDb db, string path, CancellationToken cancel) =>
        IdOf(path) is { } id && await db.Incidents.AnyAsync(row => row.Id == id && row.Deleted, cancel)
            ? new Refusal(StatusCodes.Status410Gone, "GONE", "This incident was removed") : await base.MissingAsync(db, path, cancel);

    public override async Task<PageSource> ReadAsync(StatusDb db, IReadOnlyList<StoredPage> batch, long now, CancellationToken cancel)
    {
        var (path, id) = (batch[0].Path, IdOf(batch[0].Path));
        // Variants have no stored version.
        var published = batch.Any(page => page.Variant is null) ? await PublishedVersion.OfPathAsync(db, Kind, path, cancel) : [];
        var row = await db.Incidents.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id && !row.Deleted, cancel);
        if (row is null) return new PageSource(published, _ => Task.FromResult<Drawing?>(null));
        var incident = Payload.Read<IncidentChanged>(row.Payload);
        var ids = incident.Monitors.Select(link => link.MonitorId).Distinct().ToArray();
        var told = await db.Monitors.AsNoTracking().Where(monitor => ids.Contains(monitor.Id)).ToListAsync(cancel);
        var visible = told.Select(monitor => Payload.Read<MonitorChanged>(monitor.Payload)).Where(monitor => monitor.IsVisible())
            .ToDictionary(monitor => monitor.Id);
        var site = await SiteReader.ReadAsync(db, settings.Value, cancel);
        var (around, view) = (SiteRules.Of(site, null), incident.Show(visible));
        return new PageSource(published, async page =>
        {
            // A choice that the site no longer offers has no page.
            if (page.Variant is { } variant && !site.Published.Offers(variant)) return null;
            var audience = page.Variant?.ToAudience() ?? site.Settings.Audience;
            return new Drawing(await renderer.IncidentAsync(new IncidentPageView(around, audience, view)), ids, null);
        });
    }

    private static long? IdOf(string path) =>
        long.TryParse(path.AsSpan(path.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
