using System.Security.Claims;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Pages;

/// <summary>PATCH /api/v4/pages/{page_path}: changes what is sent. Settings are merged object by object, monitors are replaced as a whole.</summary>
internal static class EditPage
{
    public static async Task<IResult> HandleAsync(
        string path, HttpRequest request, ClaimsPrincipal user, StatusDb db, Changes<StatusDb> changes, ReferenceWait wait, PageStore pages, CancellationToken cancel)
    {
        var known = await db.ExistingAsync(path, cancel);
        var fields = PageFields.ForEdit(await JsonBody.ReadAsync(request, cancel));
        await db.WaitForMonitorsAsync(wait, fields.Monitors, cancel);
        try
        {
            var changed = await changes.CommitAsync(user.Subject(), async change =>
            {
                var page = await change.LockPageAsync(known, path, cancel);
                await MoveAsync(change, page, fields.Path, cancel);
                fields.ApplyTo(page, change.NowMs);
                if (fields.Monitors is { } tags) page.MonitorIds = await change.Db.MonitorIdsAsync(tags, cancel);
                else if (fields.ShowsAll) page.MonitorIds = page.IsHome ? null : throw Refusal.BadRequest("monitors must be an array of monitor tags");
                change.Note("page.changed", "page", () => page.Id, new { page.Version, page.Path });
                return page;
            }, cancel);
            await pages.ShowAsync();
            return ApiAnswer.Of(new { page = await PageAnswer.OfAsync(db, changed, cancel) });
        }
        catch (DbUpdateException fault) when (fault.IsDuplicate())
        {
            throw PagePath.Taken(PagePath.Sanitise(fields.Path ?? ""));
        }
    }

    private static async Task MoveAsync(Change<StatusDb> change, StatusPage page, string? wanted, CancellationToken cancel)
    {
        if (wanted is null || page.IsHome && wanted == StatusPage.HomeWord) return;
        if (page.IsHome) throw Refusal.BadRequest("Home page path cannot be changed");
        var path = PagePath.Wanted(wanted);
        await change.RefuseTakenAsync(path, page.Id, cancel);
        page.Path = path;
    }
}
