using Kener.Accounts.Database;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;
using Microsoft.EntityFrameworkCore;

namespace Kener.Accounts.ApiKeys;

internal static class CreateKey
{
    public static async Task<IResult> HandleAsync(
        HttpContext context, Changes<AccountsDb> changes, KeyPublisher publisher, TimeProvider clock, CancellationToken cancel)
    {
        var input = KeyInput.Read(await InputBody.ReadAsync(context.Request, cancel), clock.GetUtcNow().ToUnixTimeSeconds());
        ApiKey.RefuseToGrantBeyond(context.User.Holds, input.Permissions.Value);

        var secret = ApiKey.NewSecret();
        var key = await changes.CommitAsync(context.User.Subject(), change =>
            MakeAsync(change, secret, input.Name.Value, input.Permissions.Value, input.ExpiresAt.Value, cancel), cancel);
        await publisher.PublishAsync(CancellationToken.None);
        return ApiResponse.Of(new OneKey(KeyResponse.Of(key) with { Key = secret }), StatusCodes.Status201Created);
    }

    public static async Task<ApiKey> MakeAsync(
        Change<AccountsDb> change, string secret, string name, IReadOnlyList<string> permissions, long? expiresAt, CancellationToken cancel)
    {
        await change.LockSetAsync(cancel);
        if (await change.Db.ApiKeys.AnyAsync(other => other.Name == name, cancel))
            throw Refusal.BadRequest($"API key with name '{name}' already exists");
        var key = ApiKey.Make(secret, name, permissions, expiresAt, change.NowMs);
        change.Db.ApiKeys.Add(key);
        change.Audit("api_key.created", "api_key", () => key.Id, new { name, permissions, expires_at = expiresAt });
        return key;
    }
}
