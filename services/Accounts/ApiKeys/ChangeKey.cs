using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Accounts.ApiKeys;

internal static class ChangeKey
{
    /// <summary>The requested changes. <paramref name="Lifetime"/> is true if the expiry is one of them; it is then null for "never".</summary>
    internal sealed record Wish(string? Name, KeyStatus? Status, bool Lifetime, long? ExpiresAt);

    public static async Task<IResult> HandleAsync(
        string id, HttpContext context, Changes<AccountsDb> changes, KeyPublisher publisher, TimeProvider clock, CancellationToken cancel)
    {
        var keyId = KeyLookUp.Id(id);
        var body = await JsonBody.ReadAsync(context.Request, cancel);
        if (body.Has("permissions", out _)) throw Refusal.BadRequest("permissions can not be changed: make a new key instead");
        var wish = new Wish(
            body.Has("name", out var name) ? KeyBody.Name(name) : null,
            body.Has("status", out var status) ? KeyBody.Status(status) : null,
            body.Has("expires_at", out _),
            KeyBody.ExpiresAt(body.Given("expires_at"), clock.GetUtcNow().ToUnixTimeSeconds()));

        var key = await changes.CommitAsync(context.User.Subject(), async change =>
        {
            var locked = await change.LockKeyAsync(keyId, cancel);
            locked.RefuseToWeaker(context.User.Holds);
            if (wish.Name is { } wanted && await change.Db.ApiKeys.AnyAsync(other => other.Name == wanted && other.Id != keyId, cancel))
                throw Refusal.BadRequest($"API key with name '{wanted}' already exists");
            Apply(locked, wish, change.NowMs);
            change.Note("api_key.changed", "api_key", () => keyId,
                new { name = locked.Name, status = locked.Status.ToString(), expires_at = locked.ExpiresAt });
            return locked;
        }, cancel);
        await publisher.PublishAsync(CancellationToken.None);
        return ApiAnswer.Of(new { api_key = KeyAnswer.Of(key) });
    }

    private static void Apply(ApiKey key, Wish wish, long nowMs)
    {
        key.Name = wish.Name ?? key.Name;
        key.Status = wish.Status ?? key.Status;
        if (wish.Lifetime) key.ExpiresAt = wish.ExpiresAt;
        key.UpdatedMs = nowMs;
    }
}
