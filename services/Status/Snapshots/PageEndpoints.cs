using System.Globalization;
using Kener.ServiceDefaults;

namespace Kener.Status.Snapshots;

/// <summary>The public pages, for a gateway that has none of them in memory yet.</summary>
internal static class PageEndpoints
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapPages(this IEndpointRouteBuilder app)
    {
        app.MapMethods("/", Reading, async (HttpContext context, HomePage home) =>
            await SnapshotAnswer.WriteAsync(context, await home.GetAsync(context.RequestAborted))).AllowAnyone();
        app.MapMethods("/incidents/{id}", Reading, async (HttpContext context, string id, IncidentPages pages) =>
        {
            var isNumber = long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            var page = isNumber ? await pages.GetAsync(number, context.RequestAborted) : null;
            await SnapshotAnswer.WriteAsync(context, page ?? throw Refusal.NotFound("Incident not found"));
        }).AllowAnyone();
    }
}
