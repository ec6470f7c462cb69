using System.Globalization;
using System.Text.Json.Serialization;
using Kener.Persistence;
using Kener.ServiceDefaults;

namespace Kener.Accounts.ApiKeys;

/// <summary>A key as the API shows it.</summary>
internal sealed record KeyAnswer(
    long Id, string Name, string MaskedKey, IReadOnlyList<string> Permissions, string Status, long? ExpiresAt, string CreatedAt, string UpdatedAt)
{
    /// <summary>The key itself: only in the answer to its making.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public static KeyAnswer Of(ApiKey key) => new(
        key.Id, key.Name, key.Masked, key.Permissions, key.Status.ToString(), key.ExpiresAt, ApiAnswer.Iso(key.CreatedMs), ApiAnswer.Iso(key.UpdatedMs));
}

/// <summary>What the verbs on one key share: its id in the path, and the set that every change locks.</summary>
internal static class KeyLookUp
{
    public static long Id(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw NotFound(text);

    /// <summary>Locks the set, raises its version, and gives the key, locked as well.</summary>
    public static async Task<ApiKey> LockKeyAsync(this Change<AccountsDb> change, long id, CancellationToken cancel)
    {
        await change.LockSetAsync(cancel);
        return await change.LockAsync<ApiKey>(id, cancel) ?? throw NotFound(id.ToString(CultureInfo.InvariantCulture));
    }

    public static async Task LockSetAsync(this Change<AccountsDb> change, CancellationToken cancel)
    {
        var set = await change.LockAsync<KeySet>(KeySet.Only, cancel);
        // Beyond what any gateway has seen, even where this database was restored from a backup or made anew.
        set!.Version = Math.Max(set.Version, change.NowMs);
    }

    private static Refusal NotFound(string id) => Refusal.NotFound($"API key with id '{id}' not found");
}
