using System.Text.Json;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;

namespace Kener.Accounts.ApiKeys;

/// <summary>What a client sends to create or change an API key.</summary>
internal sealed record KeyInput
{
    private const string NameRequired = "Name is required";

    /// <summary>Plain text, up to 255 characters. Required for a new key.</summary>
    public Optional<string> Name { get; init; }
    /// <summary>Names of permissions, at least one. Required for a new key; they never change.</summary>
    public Optional<IReadOnlyList<string>> Permissions { get; init; }
    /// <summary>Whether requests with the key are accepted. A new key is ACTIVE.</summary>
    public Optional<KeyStatus> Status { get; init; }
    /// <summary>When the key expires, in Unix seconds and in the future; null for never.</summary>
    public Optional<long?> ExpiresAt { get; init; }

    public static KeyInput Read(InputBody body, long now)
    {
        if (!body.IsNew && body.Has(nameof(Permissions))) throw Refusal.BadRequest("permissions can not be changed: make a new key instead");
        return new KeyInput
        {
            Name = body.ReadRequired(nameof(Name), NameRequired, ReadName),
            Permissions = body.ReadRequired(nameof(Permissions), "permissions is required", ReadPermissions),
            Status = body.IsNew ? default : body.Read(nameof(Status), ReadStatus),
            ExpiresAt = body.Read(nameof(ExpiresAt), value => ReadExpiry(value, now)),
        };
    }

    private static string ReadName(JsonElement value)
    {
        var name = value.Text(NameRequired).Trim();
        if (name.Length == 0) throw Refusal.BadRequest(NameRequired);
        return name.Length <= ApiKey.LongestName ? name : throw Refusal.BadRequest($"Name must not be longer than {ApiKey.LongestName} characters");
    }

    private static IReadOnlyList<string> ReadPermissions(JsonElement value)
    {
        const string shape = "permissions must be an array of permission names";
        if (value.ValueKind != JsonValueKind.Array) throw Refusal.BadRequest(shape);
        var permissions = ApiKey.Known([.. value.EnumerateArray().Select(item => item.Text(shape, 100))]);
        return permissions.Count > 0 ? permissions : throw Refusal.BadRequest("permissions must name at least one permission");
    }

    private static KeyStatus ReadStatus(JsonElement value) => value.Text("status must be 'ACTIVE' or 'INACTIVE'") switch
    {
        nameof(KeyStatus.ACTIVE) => KeyStatus.ACTIVE,
        nameof(KeyStatus.INACTIVE) => KeyStatus.INACTIVE,
        _ => throw Refusal.BadRequest("status must be 'ACTIVE' or 'INACTIVE'"),
    };

    private static long? ReadExpiry(JsonElement value, long now)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        var expiry = value.Seconds("expires_at must be a valid timestamp (UTC seconds)");
        return expiry > now ? expiry : throw Refusal.BadRequest("expires_at must be in the future");
    }
}
