using System.Text.Json;
using Kener.ServiceDefaults;

namespace Kener.Accounts.ApiKeys;

/// <summary>Reads and validates the fields of a key in a request.</summary>
internal static class KeyBody
{
    public static string Name(JsonElement value)
    {
        var name = value.Text("Name is required").Trim();
        if (name.Length == 0) throw Refusal.BadRequest("Name is required");
        return name.Length <= ApiKey.LongestName ? name : throw Refusal.BadRequest($"Name must not be longer than {ApiKey.LongestName} characters");
    }

    public static IReadOnlyList<string> Permissions(JsonElement value)
    {
        const string shape = "permissions must be an array of permission names";
        if (value.ValueKind != JsonValueKind.Array) throw Refusal.BadRequest(shape);
        var permissions = ApiKey.Known([.. value.EnumerateArray().Select(item => item.Text(shape, 100))]);
        return permissions.Count > 0 ? permissions : throw Refusal.BadRequest("permissions must name at least one permission");
    }

    /// <summary>Returns null for a key that never expires.</summary>
    public static long? ExpiresAt(JsonElement? value, long now)
    {
        if (value is not { } given) return null;
        var expiry = given.Seconds("expires_at must be a valid timestamp (UTC seconds)");
        return expiry > now ? expiry : throw Refusal.BadRequest("expires_at must be in the future");
    }

    public static KeyStatus Status(JsonElement value) => value.Text("status must be 'ACTIVE' or 'INACTIVE'") switch
    {
        nameof(KeyStatus.ACTIVE) => KeyStatus.ACTIVE,
        nameof(KeyStatus.INACTIVE) => KeyStatus.INACTIVE,
        _ => throw Refusal.BadRequest("status must be 'ACTIVE' or 'INACTIVE'"),
    };
}
