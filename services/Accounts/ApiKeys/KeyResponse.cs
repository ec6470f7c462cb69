using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using Kener.Accounts.Database;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Accounts.ApiKeys;

/// <summary>A key in a response of the API.</summary>
internal sealed record KeyResponse(
    long Id, string Name,
    [property: Description("Only the last four characters are shown.")] string MaskedKey, IReadOnlyList<string> Permissions,
    [property: AllowedValues("ACTIVE", "INACTIVE")] string Status,
    [property: Description("Unix seconds; null: never.")] long? ExpiresAt, string CreatedAt, string UpdatedAt)
{
    /// <summary>The key itself; only in the response to its creation.</summary>
    [Description("The key itself: only in the answer that creates it.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public static KeyResponse Of(ApiKey key) => new(
        key.Id, key.Name, key.Masked, key.Permissions, key.Status.ToString(), key.ExpiresAt, ApiResponse.Iso(key.CreatedMs), ApiResponse.Iso(key.UpdatedMs));
}

/// <summary>The response with all keys.</summary>
internal sealed record KeyList(IEnumerable<KeyResponse> ApiKeys);

/// <summary>The response with one key.</summary>
internal sealed record OneKey(KeyResponse ApiKey);

/// <summary>Shared by the endpoints of one key: parses its id and takes the locks of a change.</summary>
internal static class KeyLookUp
{
    public static long Id(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw NotFound(text);

    /// <summary>Locks the set, raises its version, and returns the key, locked as well; 404 if it does not exist.</summary>
    public static async Task<ApiKey> LockKeyAsync(this Change<AccountsDb> change, long id, CancellationToken cancel)
    {
        await change.LockSetAsync(cancel);
        return await change.LockAsync<ApiKey>(id, cancel) ?? throw NotFound(id.ToString(CultureInfo.InvariantCulture));
    }

    public static async Task LockSetAsync(this Change<AccountsDb> change, CancellationToken cancel)
    {
        var set = await change.LockAsync<KeySet>(KeySet.Only, cancel);
        // Above any version that a gateway has seen, even if this database was restored from a backup or created anew.
        set!.Version = Math.Max(set.Version, change.NowMs);
        await change.RefuseDisabledCallerAsync(cancel);
    }

    /// <summary>
    /// Rejects a caller whose own key was disabled while this request waited for the lock: of two keys that disable each other, one stays.
    /// </summary>
    private static async Task RefuseDisabledCallerAsync(this Change<AccountsDb> change, CancellationToken cancel)
    {
        const string keys = "key:";
        if (!change.Actor.StartsWith(keys, StringComparison.Ordinal)) return;
        var id = Id(change.Actor[keys.Length..]);
        // Not tracked: the same row may be locked and read again as the key to be changed.
        var own = await change.Db.ApiKeys.AsNoTracking().SingleOrDefaultAsync(key => key.Id == id, cancel);
        if (own?.IsUsable(change.Now) is not true) throw new Refusal(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "Invalid API key");
    }

    private static Refusal NotFound(string id) => Refusal.NotFound($"API key with id '{id}' not found");
}
