using System.Security.Claims;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;
using Kener.Status.Database;
using Kener.Status.Projections;

namespace Kener.Status.Site.Pages;

/// <summary>DELETE /api/v4/pages/{page_path}.</summary>
internal static class DeletePage
{
    public static async Task<IResult> HandleAsync(
        string path, ClaimsPrincipal user, StatusDb db, Changes<StatusDb> changes, RenderTrigger trigger, CancellationToken cancel)
    {
        var known = await db.ExistingAsync(path, cancel);
        await changes.CommitAsync(user.Subject(), async change =>
        {
            var page = await change.LockPageAsync(known, path, cancel);
            if (page.IsHome) throw Refusal.BadRequest("Cannot delete the home page");
            change.Db.Pages.Remove(page);
            change.Audit("page.deleted", "page", () => page.Id, new { page.Path });
        }, cancel);
        await trigger.RenderNowAsync();
        return ApiResponse.Of(new MessageAnswer($"Page '{path}' deleted successfully"));
    }
}
