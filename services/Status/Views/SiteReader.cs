using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Settings;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Views;

/// <summary>Reads the site and its pages; the same object as long as neither has changed. Not for use by two at once.</summary>
/// <param name="installation">What holds where nobody set anything.</param>
internal sealed class SiteReader(KenerSettings installation)
{
    private SiteFacts? _known;
    private (long Site, string Pages) _versions;

    public async Task<SiteFacts> ReadAsync(StatusDb db, CancellationToken cancel)
    {
        var row = await db.Site.AsNoTracking().FirstAsync(row => row.Id == SiteRow.TheOne, cancel);
        var pages = await db.Pages.AsNoTracking().OrderBy(page => page.Id).ToListAsync(cancel);
        var versions = (row.Version, string.Join(' ', pages.Select(page => $"{page.Id}/{page.Version}")));
        if (_known is not null && _versions == versions) return _known;
        _versions = versions;
        var settings = new SiteSettings(row.SetValues(), installation);
        return _known = new SiteFacts(settings, [.. pages.Select(page => new ShownPage(page, PageLook.Of(page, settings)))]);
    }
}
