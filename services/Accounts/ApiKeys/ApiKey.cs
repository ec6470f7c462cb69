using System.Security.Cryptography;
using Kener.Persistence;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;

namespace Kener.Accounts.ApiKeys;

internal enum KeyStatus
{
    ACTIVE,
    INACTIVE,
}

/// <summary>A key with which a program calls the API. The key itself is returned once, at its creation, and only its hash is stored.</summary>
internal sealed class ApiKey : IAggregate
{
    public const int LongestName = 255;

    public long Id { get; set; }
    public long Version { get; set; } = 1;
    public required string Name { get; set; }
    /// <summary>The hash of the key; see <see cref="KeyHash"/>.</summary>
    public required string Hash { get; init; }
    /// <summary>The key with all but its last four characters masked: enough to tell keys apart.</summary>
    public required string Masked { get; init; }
    public required List<string> Permissions { get; set; }
    public KeyStatus Status { get; set; } = KeyStatus.ACTIVE;
    /// <summary>Unix seconds; null if the key never expires.</summary>
    public long? ExpiresAt { get; set; }
    public long CreatedMs { get; init; }
    public long UpdatedMs { get; set; }

    public static string NewSecret() => "kener_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static ApiKey Make(string secret, string name, IEnumerable<string> permissions, long? expiresAt, long nowMs) => new()
    {
        Name = name,
        Hash = KeyHash.Of(secret),
        Masked = new string('*', secret.Length - 4) + secret[^4..],
        Permissions = [.. permissions],
        ExpiresAt = expiresAt,
        CreatedMs = nowMs,
        UpdatedMs = nowMs,
    };

    /// <summary>Rejects a new key that would hold a permission which its creator lacks.</summary>
    public static void RefuseToGrantBeyond(Func<string, bool> holds, IEnumerable<string> permissions)
    {
        if (permissions.FirstOrDefault(permission => !holds(permission)) is { } lacking)
            throw Refusal.Forbidden($"You can not grant the permission '{lacking}' because you do not have it");
    }

    /// <summary>Rejects a change or deletion of this key by a caller who lacks one of its permissions: a weak key must not disable a stronger one.</summary>
    public void RefuseToWeaker(Func<string, bool> holds)
    {
        if (Permissions.FirstOrDefault(permission => !holds(permission)) is { } lacking)
            throw Refusal.Forbidden($"You cannot change an API key that has the permission '{lacking}' because you do not have it");
    }

    /// <summary>Returns whether requests with this key are accepted at this time, Unix seconds.</summary>
    public bool IsUsable(long now) => Status == KeyStatus.ACTIVE && (ExpiresAt is not { } expiry || expiry > now);

    /// <summary>Returns a request's distinct permissions, in the order of <see cref="Contracts.Permissions.OfKeys"/>; 400 if one is unknown.</summary>
    public static IReadOnlyList<string> Known(IReadOnlyCollection<string> asked)
    {
        if (asked.FirstOrDefault(permission => !Contracts.Permissions.OfKeys.Contains(permission)) is { } unknown)
            throw Refusal.BadRequest($"Permission '{unknown}' does not exist");
        return [.. Contracts.Permissions.OfKeys.Where(asked.Contains)];
    }
}

/// <summary>All keys as one set: its version grows with each change of any key, and its row is the lock for all of them.</summary>
internal sealed class KeySet : IAggregate
{
    public const long Only = 1;

    public long Id { get; set; }
    public long Version { get; set; }
}
