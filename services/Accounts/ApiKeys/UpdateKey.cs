using Kener.Accounts.Database;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;
using Microsoft.EntityFrameworkCore;

namespace Kener.Accounts.ApiKeys;

internal static class UpdateKey
{
    public static async Task<IResult> HandleAsync(
        string id, HttpContext context, Changes<AccountsDb> changes, KeyPublisher publisher, TimeProvider clock, CancellationToken cancel)
    {
        var keyId = KeyLookUp.Id(id);
        var input = KeyInput.Read(await InputBody.ReadAsync(context.Request, cancel), clock.GetUtcNow().ToUnixTimeSeconds());
        var key = await changes.CommitAsync(context.User.Subject(), async change =>
        {
            var locked = await change.LockKeyAsync(keyId, cancel);
            locked.RefuseToWeaker(context.User.Holds);
            if (input.Name.Value is { } wanted && await change.Db.ApiKeys.AnyAsync(other => other.Name == wanted && other.Id != keyId, cancel))
                throw Refusal.BadRequest($"API key with name '{wanted}' already exists");
            locked.Name = input.Name.Or(locked.Name);
            locked.Status = input.Status.Or(locked.Status);
            locked.ExpiresAt = input.ExpiresAt.Or(locked.ExpiresAt);
            locked.UpdatedMs = change.NowMs;
            change.Audit("api_key.changed", "api_key", () => keyId,
                new { name = locked.Name, status = locked.Status.ToString(), expires_at = locked.ExpiresAt });
            return locked;
        }, cancel);
        await publisher.PublishAsync(CancellationToken.None);
        return ApiResponse.Of(new OneKey(KeyResponse.Of(key)));
    }
}
