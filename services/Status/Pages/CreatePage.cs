using System.Security.Claims;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Settings;
using Kener.Status.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Pages;

/// <summary>POST /api/v4/pages.</summary>
internal static class CreatePage
{
    public static async Task<IResult> HandleAsync(
        HttpRequest request, ClaimsPrincipal user, StatusDb db, Changes<StatusDb> changes, ReferenceWait wait, PageStore pages, CancellationToken cancel)
    {
        var fields = PageFields.ForNew(await JsonBody.ReadAsync(request, cancel));
        await db.WaitForMonitorsAsync(wait, fields.Monitors, cancel);
        try
        {
            var made = await changes.CommitAsync(user.Subject(), async change =>
            {
                // The site's row serves as the lock for counting pages.
                await change.LockSiteAsync(cancel);
                await change.RefuseTakenAsync(fields.Path!, 0, cancel);
                if (await change.Db.Pages.CountAsync(cancel) >= StatusPage.Most) throw Refusal.BadRequest($"There must not be more than {StatusPage.Most} pages");
                var page = new StatusPage { Path = fields.Path!, Title = "", Header = "", CreatedMs = change.NowMs };
                fields.ApplyTo(page, change.NowMs);
                page.MonitorIds = await change.Db.MonitorIdsAsync(fields.Monitors ?? [], cancel);
                change.Db.Pages.Add(page);
                change.Note("page.created", "page", () => page.Id, new { page.Path, page.Title });
                return page;
            }, cancel);
            await pages.ShowAsync();
            return ApiAnswer.Of(new { page = await PageAnswer.OfAsync(db, made, cancel) }, StatusCodes.Status201Created);
        }
        catch (DbUpdateException fault) when (fault.IsDuplicate())
        {
            throw PagePath.Taken(fields.Path!);
        }
    }
}
