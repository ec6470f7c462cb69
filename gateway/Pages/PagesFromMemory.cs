using System.Globalization;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Snapshots;

namespace Kener.Gateway.Pages;

/// <summary>
/// Serves pages from the snapshot store without calling a service (Behavior: ARC-5, ARC-6), each visitor in the variant they chose. A page that is
/// not in the store is requested from its owner; while the owner is unreachable, another variant is better than none.
/// </summary>
internal sealed class PagesFromMemory(RequestDelegate next, SnapshotStore board, CurrentSite site, StaleNotice oldPages, VariantUses uses, UnknownIncidents unknown)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (PageAddress.Of(context.Request) is not (var kind, var path)) return next(context);
        var visitor = site.Now.VisitorOf(context.Request, kind);
        var age = oldPages.AgeSeconds;
        var key = Variant.KeyOf(path, visitor.Variant);
        if (board.Find(key) is { } page)
        {
            if (visitor.Variant is not null || kind.IsOnDemand) uses.Note(key);
            return SnapshotResponse.WriteAsync(context, Aged(context, page, age), visitor.Sees.Language, visitor.ByCookie);
        }
        if (age is not null && visitor.Variant is { } variant && site.Now.StandInFor(board, path, variant) is { } standIn)
            return SnapshotResponse.WriteStandInAsync(context, Aged(context, standIn.Page, age), standIn.Language);
        return kind == PageKind.Incident ? AskForIncidentAsync(context, path) : next(context);
    }

    private Snapshot Aged(HttpContext context, Snapshot page, long? age)
    {
        if (age is null) return page;
        context.Response.Headers.Age = age.Value.ToString(CultureInfo.InvariantCulture);
        return oldPages.WithNotice(page);
    }

    private async Task AskForIncidentAsync(HttpContext context, string path)
    {
        if (unknown.Find(path) is { } known)
            throw known == StatusCodes.Status410Gone ? new Refusal(known, "GONE", "This incident was removed") : Refusal.NotFound("Incident not found");
        var changes = unknown.Changes;
        await next(context);
        if (context.Response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status410Gone) unknown.Add(path, context.Response.StatusCode, changes);
    }
}
