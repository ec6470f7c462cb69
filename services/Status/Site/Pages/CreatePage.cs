using System.Security.Claims;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;
using Kener.Status.Database;
using Kener.Status.Projections;
using Kener.Status.Site.Settings;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Site.Pages;

/// <summary>POST /api/v4/pages.</summary>
internal static class CreatePage
{
    public static async Task<IResult> HandleAsync(
        HttpRequest request, ClaimsPrincipal user, StatusDb db, Changes<StatusDb> changes, ReferenceWait wait, RenderTrigger trigger, CancellationToken cancel)
    {
        var input = PageInput.Read(await InputBody.ReadAsync(request, cancel));
        var (path, tags) = (PagePath.Wanted(input.PagePath.Value), input.Monitors.Value ?? []);
        await db.WaitForMonitorsAsync(wait, tags, cancel);
        try
        {
            var made = await changes.CommitAsync(user.Subject(), async change =>
            {
                // The site's row serves as the lock for counting pages.
                await change.LockSiteAsync(cancel);
                await change.RefuseTakenAsync(path, 0, cancel);
                if (await change.Db.Pages.CountAsync(cancel) >= StatusPage.Most) throw Refusal.BadRequest($"There must not be more than {StatusPage.Most} pages");
                var page = new StatusPage { Path = path, Title = "", Header = "", CreatedMs = change.NowMs };
                page.Apply(input, change.NowMs);
                page.MonitorIds = await change.Db.MonitorIdsAsync(tags, cancel);
                change.Db.Pages.Add(page);
                change.Audit("page.created", "page", () => page.Id, new { page.Path, page.Title });
                return page;
            }, cancel);
            await trigger.RenderNowAsync();
            return ApiResponse.Of(new OnePage(await PageResponse.OfAsync(db, made, cancel)), StatusCodes.Status201Created);
        }
        catch (DbUpdateException fault) when (fault.IsDuplicate())
        {
            throw PagePath.Taken(path);
        }
    }
}
