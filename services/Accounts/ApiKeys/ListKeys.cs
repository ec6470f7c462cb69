using Microsoft.EntityFrameworkCore;

namespace Kener.Accounts.ApiKeys;

internal static class ListKeys
{
    internal sealed record Answer(IReadOnlyList<KeyAnswer> ApiKeys);

    public static async Task<IResult> HandleAsync(AccountsDb db, CancellationToken cancel)
    {
        var keys = await db.ApiKeys.AsNoTracking().OrderBy(key => key.Id).ToListAsync(cancel);
        return Results.Json(new Answer([.. keys.Select(KeyAnswer.Of)]), KeyJson.Options);
    }
}
