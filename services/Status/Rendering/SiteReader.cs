using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Site.Pages;
using Kener.Status.Site.Settings;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Rendering;

/// <summary>Reads the site and its pages.</summary>
internal static class SiteReader
{
    /// <param name="db">The database.</param>
    /// <param name="installation">The installation's settings, which are the defaults of the site's.</param>
    /// <param name="cancel">Cancels the read.</param>
    public static async Task<SiteFacts> ReadAsync(StatusDb db, KenerSettings installation, CancellationToken cancel)
    {
        var row = await db.Site.AsNoTracking().FirstAsync(row => row.Id == SiteRow.TheOne, cancel);
        var pages = await db.Pages.AsNoTracking().OrderBy(page => page.Id).ToListAsync(cancel);
        var settings = new SiteSettings(row.SetValues(), installation);
        var faults = new List<StoredFault>();
        return new SiteFacts(settings, [.. pages.Select(page => new ShownPage(page, LookOf(page, settings, faults)))]) { Faults = faults };
    }

    private static PageLook LookOf(StatusPage page, SiteSettings settings, List<StoredFault> faults)
    {
        try
        {
            return PageLook.Of(page.SetSettings(), settings);
        }
        catch (Exception fault) when (StoredFault.IsOfData(fault))
        {
            faults.Add(new StoredFault($"Settings of page {page.Address}", fault));
            return PageLook.Of([], settings);
        }
    }
}
