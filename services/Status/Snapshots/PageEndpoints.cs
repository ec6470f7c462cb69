using System.Globalization;
using Kener.ServiceDefaults;

namespace Kener.Status.Snapshots;

/// <summary>The public pages, for a gateway that has none of them in memory yet.</summary>
internal static class PageEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapPublicPages(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/", Reading, (HttpContext context, SitePages pages, PageVariants variants, SiteOnBoard site) =>
            AnswerAsync(context, SitePages.Home, pages, variants, site)).AllowAnyone();
        app.MapMethods("/{page}", Reading, (HttpContext context, string page, SitePages pages, PageVariants variants, SiteOnBoard site) =>
            AnswerAsync(context, "/" + page.ToLowerInvariant(), pages, variants, site)).AllowAnyone();
        app.MapMethods("/incidents/{id}", Reading, IncidentAsync).AllowAnyone();
    }

    private static async Task AnswerAsync(HttpContext context, string path, SitePages pages, PageVariants variants, SiteOnBoard site)
    {
        var (visitor, cancel) = (site.Now.VisitorOf(context.Request), context.RequestAborted);
        var page = visitor.Variant is { } variant ? await variants.GetAsync(path, variant, cancel) : await pages.GetAsync(path, cancel);
        if (page is null) throw path == SitePages.Home ? Refusal.Unavailable("The page is not there yet") : Refusal.NotFound("Page not found");
        await SnapshotAnswer.WriteAsync(context, page, visitor.Sees.Language, visitor.ByCookie);
    }

    private static async Task IncidentAsync(HttpContext context, string id, IncidentPages pages, SiteOnBoard site)
    {
        var (visitor, cancel) = (site.Now.VisitorOf(context.Request), context.RequestAborted);
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) throw Refusal.NotFound("Incident not found");
        if (await pages.GetAsync(number, visitor.Variant, cancel) is { } page)
            await SnapshotAnswer.WriteAsync(context, page, visitor.Sees.Language, visitor.ByCookie);
        else
            throw await pages.IsGoneAsync(number, cancel) ? new Refusal(StatusCodes.Status410Gone, "GONE", "This incident was removed") : Refusal.NotFound("Incident not found");
    }
}
