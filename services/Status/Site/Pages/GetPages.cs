using Kener.Persistence;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Site.Pages;

/// <summary>GET /api/v4/pages and GET /api/v4/pages/{page_path}.</summary>
internal static class GetPages
{
    public static async Task<IResult> ListAsync(StatusDb db, CancellationToken cancel)
    {
        var pages = await db.Pages.AsNoTracking().OrderBy(page => page.Id).ToListAsync(cancel);
        return ApiResponse.Of(new PageList(await PageResponse.OfAsync(db, pages, cancel)));
    }

    public static async Task<IResult> OneAsync(string path, StatusDb db, CancellationToken cancel)
    {
        var known = await db.ExistingAsync(path, cancel);
        var page = await db.Pages.AsNoTracking().FirstOrDefaultAsync(page => page.Id == known, cancel) ?? throw PagePath.NotFound(path);
        return ApiResponse.Of(new OnePage(await PageResponse.OfAsync(db, page, cancel)));
    }
}
