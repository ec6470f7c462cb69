using Kener.Accounts.Database;
using Kener.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Kener.Accounts.ApiKeys;

internal static class ListKeys
{
    public static async Task<IResult> HandleAsync(AccountsDb db, CancellationToken cancel)
    {
        var keys = await db.ApiKeys.AsNoTracking().OrderBy(key => key.Id).ToListAsync(cancel);
        return ApiResponse.Of(new KeyList(keys.Select(KeyResponse.Of)));
    }
}
