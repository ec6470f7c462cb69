using Kener.Status.Site.Pages;
using Kener.Ui;

namespace Kener.Status.Rendering;

/// <summary>Builds what surrounds the content of every page.</summary>
internal static class SiteRules
{
    /// <summary>Returns the surroundings of <paramref name="page"/>, which is null for other pages, such as an incident's.</summary>
    public static SiteView Of(SiteFacts site, StatusPage? page)
    {
        var settings = site.Settings;
        return new SiteView
        {
            Name = settings.Name,
            Home = settings.IsExclusive && page is not null ? page.Address : "/",
            Logo = settings.Logo,
            Favicon = settings.Favicon,
            Nav = settings.Nav,
            Pages = settings.ShowsSwitcher && !settings.IsExclusive ? Switcher(site, page) : [],
            Footer = settings.Footer,
            Announcement = settings.Announcement,
            Colours = settings.Colours,
            Css = settings.Css,
            Dates = settings.Dates,
            OffersThemes = settings.OffersThemes,
            OffersZones = settings.OffersZones,
            Languages = settings.Languages,
        };
    }

    /// <summary>Returns the address with its host, which previews need; null if it is no http or https address.</summary>
    public static string? Absolute(string? address, string siteUrl) =>
        address is null ? null
        : Uri.TryCreate(new Uri(siteUrl + "/"), address, out var whole) && whole.Scheme is "http" or "https" ? whole.AbsoluteUri : null;

    /// <summary>Returns the pages in the chosen order, followed by the others by id.</summary>
    private static List<PageLink> Switcher(SiteFacts site, StatusPage? page)
    {
        var order = site.Settings.PageOrder.Distinct().Select((id, at) => (id, at)).ToDictionary(pair => pair.id, pair => pair.at);
        return [.. site.Pages.Select(shown => shown.Page)
            .OrderBy(one => order.GetValueOrDefault(one.Id, int.MaxValue)).ThenBy(one => one.Id)
            .Select(one => new PageLink(one.Title, one.Address, one.Id == page?.Id))];
    }
}
