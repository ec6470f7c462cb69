using System.Security.Claims;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;
using Kener.Status.Database;
using Kener.Status.Projections;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Site.Pages;

/// <summary>PATCH /api/v4/pages/{page_path}: changes what is sent. Settings are merged object by object, monitors are replaced as a whole.</summary>
internal static class UpdatePage
{
    public static async Task<IResult> HandleAsync(
        string path, HttpRequest request, ClaimsPrincipal user, StatusDb db, Changes<StatusDb> changes, ReferenceWait wait, RenderTrigger trigger, CancellationToken cancel)
    {
        var known = await db.ExistingAsync(path, cancel);
        var input = PageInput.Read(await InputBody.ReadAsync(request, cancel));
        await db.WaitForMonitorsAsync(wait, input.Monitors.Value ?? [], cancel);
        try
        {
            var changed = await changes.CommitAsync(user.Subject(), async change =>
            {
                var page = await change.LockPageAsync(known, path, cancel);
                if (input.PagePath.IsSent) await MoveAsync(change, page, input.PagePath.Value, cancel);
                page.Apply(input, change.NowMs);
                if (input.Monitors.Value is { } tags) page.MonitorIds = await change.Db.MonitorIdsAsync(tags, cancel);
                else if (input.Monitors.IsSent) page.MonitorIds = page.IsHome ? null : throw Refusal.BadRequest("monitors must be an array of monitor tags");
                change.Audit("page.changed", "page", () => page.Id, new { page.Version, page.Path });
                return page;
            }, cancel);
            await trigger.RenderNowAsync();
            return ApiResponse.Of(new OnePage(await PageResponse.OfAsync(db, changed, cancel)));
        }
        catch (DbUpdateException fault) when (fault.IsDuplicate())
        {
            throw PagePath.Taken(PagePath.Sanitise(input.PagePath.Or("")));
        }
    }

    private static async Task MoveAsync(Change<StatusDb> change, StatusPage page, string wanted, CancellationToken cancel)
    {
        if (page.IsHome && wanted == StatusPage.HomeWord) return;
        if (page.IsHome) throw Refusal.BadRequest("Home page path cannot be changed");
        var path = PagePath.Wanted(wanted);
        await change.RefuseTakenAsync(path, page.Id, cancel);
        page.Path = path;
    }
}
