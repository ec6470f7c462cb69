using Kener.Accounts.Database;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;

namespace Kener.Accounts.ApiKeys;

internal static class DeleteKey
{
    public static async Task<IResult> HandleAsync(
        string id, HttpContext context, Changes<AccountsDb> changes, KeyPublisher publisher, CancellationToken cancel)
    {
        var keyId = KeyLookUp.Id(id);
        await changes.CommitAsync(context.User.Subject(), async change =>
        {
            var key = await change.LockKeyAsync(keyId, cancel);
            key.RefuseToWeaker(context.User.Holds);
            change.Db.ApiKeys.Remove(key);
            change.Audit("api_key.deleted", "api_key", () => keyId, new { name = key.Name });
        }, cancel);
        await publisher.PublishAsync(CancellationToken.None);
        return ApiResponse.Of(new MessageAnswer($"API key with id '{keyId}' deleted successfully"));
    }
}
