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
        var page = visitor.Variant is { } variant
            ? await variants.GetAsync(path, variant, ClientAddress.Of(context), cancel) : await pages.GetAsync(path, cancel);
        if (page is null) throw path == SitePages.Home ? Refusal.Unavailable("The page is not there yet") : Refusal.NotFound("Page not found");
        await WriteAsync(context, path, page, visitor, site.Now);
    }

    private static async Task IncidentAsync(HttpContext context, string id, IncidentPages pages, VariantLimits limits, SnapshotBoard board, SiteOnBoard site)
    {
        var (visitor, cancel) = (site.Now.VisitorOf(context.Request), context.RequestAborted);
        if (!long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) throw Refusal.NotFound("Incident not found");
        var path = IncidentPages.PathOf(number);
        var isAllowed = board.Find(Variant.KeyOf(path, visitor.Variant)) is not null || limits.TakesOf(ClientAddress.Of(context));
        if (await pages.GetAsync(number, isAllowed ? visitor.Variant : null, cancel) is { } page)
            await WriteAsync(context, path, page, visitor, site.Now);
        else
            throw await pages.IsGoneAsync(number, cancel) ? new Refusal(StatusCodes.Status410Gone, "GONE", "This incident was removed") : Refusal.NotFound("Incident not found");
    }

    /// <summary>What stands in for the visitor's choice says so: it is in other words, and not to be kept.</summary>
    private static Task WriteAsync(HttpContext context, string path, Snapshot page, Visitor visitor, PublishedSite site) =>
        page.Key == Variant.KeyOf(path, visitor.Variant) ? SnapshotAnswer.WriteAsync(context, page, visitor.Sees.Language, visitor.ByCookie)
        : SnapshotAnswer.WriteStandInAsync(context, page, page.Key == Variant.KeyOf(path, null) ? site.Language : visitor.Sees.Language);
}
