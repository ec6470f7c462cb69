using System.ComponentModel;
using System.Text.Json.Nodes;
using Kener.Persistence;
using Kener.ServiceDefaults.OpenApi;
using Kener.Status.Database;
using Kener.Status.Site.OpenApi;
using Kener.Status.Projections.Monitors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Site.Pages;

/// <summary>A page as API v4 returns it, with defaults for settings that are not set.</summary>
internal sealed record PageResponse(
    long Id,
    [property: Description("The page's path; ~home for the home page.")] string PagePath, string PageTitle, string PageHeader,
    [property: Description("Markdown.")] string? PageSubheader, string? PageLogo,
    [property: Shape(typeof(PageSettingsShape))] JsonObject PageSettings,
    IReadOnlyList<PageMonitorResponse> Monitors, string CreatedAt, string UpdatedAt)
{
    public static async Task<PageResponse> OfAsync(StatusDb db, StatusPage page, CancellationToken cancel) => (await OfAsync(db, [page], cancel))[0];

    public static async Task<IReadOnlyList<PageResponse>> OfAsync(StatusDb db, IReadOnlyList<StatusPage> pages, CancellationToken cancel)
    {
        var monitors = await db.Monitors.AsNoTracking().Where(row => !row.Deleted).OrderBy(row => row.Id).ToListAsync(cancel);
        var tags = monitors.ToDictionary(row => row.Id, row => row.Tag);
        return [.. pages.Select(page => Of(page, monitors, tags))];
    }

    private static PageResponse Of(StatusPage page, List<MonitorRow> monitors, Dictionary<long, string> tags)
    {
        var shown = page.MonitorIds is { } ids ? ids.Where(tags.ContainsKey).Select(id => tags[id])
            : monitors.Where(row => row.IsVisible).Select(row => row.Tag);
        return new PageResponse(
            page.Id, page.IsHome ? StatusPage.HomeWord : page.Path, page.Title, page.Header, Set(page.Subheader), Set(page.Logo),
            Pages.PageSettings.Filled(page.SetSettings()), [.. shown.Select((tag, position) => new PageMonitorResponse(tag, position))],
            ApiResponse.Iso(page.CreatedMs), ApiResponse.Iso(page.UpdatedMs));
    }

    private static string? Set(string text) => text.Length == 0 ? null : text;
}

/// <summary>A monitor of a page as API v4 returns it.</summary>
internal sealed record PageMonitorResponse(string MonitorTag, int Position);

/// <summary>The response with a list of pages.</summary>
internal sealed record PageList(IReadOnlyList<PageResponse> Pages);

/// <summary>The response with one page.</summary>
internal sealed record OnePage(PageResponse Page);
