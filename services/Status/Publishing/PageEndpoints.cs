using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Limits;
using Kener.ServiceDefaults.Snapshots;

namespace Kener.Status.Publishing;

/// <summary>Serves the public pages, for a gateway that does not have them in memory yet.</summary>
internal static class PageEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapPublicPages(this IEndpointRouteBuilder app)
    {
        foreach (var kind in PageKind.All)
            foreach (var pattern in kind.Patterns)
                app.MapMethods(pattern, Reading, (HttpContext context, PageStore store, CurrentSite site) => AnswerAsync(context, kind, store, site.Now)).AllowAnyone();
    }

    private static async Task AnswerAsync(HttpContext context, PageKind kind, PageStore store, PublishedSite site)
    {
        if (PageAddress.Of(context.Request) is not { } address || address.Kind != kind) throw Refusal.NotFound(kind.NotFound);
        var (visitor, cancel) = (site.VisitorOf(context.Request, kind), context.RequestAborted);
        var page = await store.GetAsync(address, visitor.Variant, ClientAddress.Of(context), cancel) ?? throw await store.MissingAsync(address, cancel);
        // A page that stands in for the visitor's choice is marked as one: it is in another language or zone, and no cache may keep it.
        if (page.Key == Variant.KeyOf(address.Path, visitor.Variant)) await SnapshotResponse.WriteAsync(context, page, visitor.Sees.Language, visitor.ByCookie);
        else await SnapshotResponse.WriteStandInAsync(context, page, page.Key == Variant.KeyOf(address.Path, null) ? site.Language : visitor.Sees.Language);
    }
}
