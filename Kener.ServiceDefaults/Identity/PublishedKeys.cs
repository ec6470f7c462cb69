using System.Text.Json;
using Kener.ServiceDefaults.Snapshots;

namespace Kener.ServiceDefaults.Identity;

/// <summary>An active API key as the gateway needs it. <paramref name="Hash"/> is the SHA-256 of the key in lower-case hex.</summary>
public sealed record PublishedKey(string Hash, long Id, string Name, IReadOnlyList<string> Permissions, long? ExpiresAt);

/// <summary>The set of API keys that Accounts publishes to the gateway, in the snapshot <see cref="SnapshotKey"/>.</summary>
public sealed record PublishedKeys(long Version, IReadOnlyList<PublishedKey> Keys)
{
    /// <summary>The key in the snapshot store.</summary>
    public const string SnapshotKey = "keys";

    /// <summary>Returns the set as a snapshot.</summary>
    public Snapshot ToSnapshot(long madeMs)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteStartArray("keys");
            foreach (var key in Keys) Write(json, key);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return new Snapshot
        {
            Key = SnapshotKey,
            Version = Version,
            ContentType = "application/json",
            ETag = $"\"{Version}\"",
            Body = buffer.ToArray(),
            MadeMs = madeMs,
        };
    }

    /// <summary>Reads what <see cref="ToSnapshot"/> wrote.</summary>
    public static PublishedKeys From(Snapshot snapshot)
    {
        using var document = JsonDocument.Parse(snapshot.Body);
        var root = document.RootElement;
        return new PublishedKeys(root.GetProperty("version").GetInt64(), [.. root.GetProperty("keys").EnumerateArray().Select(Read)]);
    }

    /// <summary>Reads like <see cref="From"/>; returns null if the snapshot does not contain a set of keys of its own version.</summary>
    public static PublishedKeys? TryFrom(Snapshot snapshot)
    {
        try
        {
            var keys = From(snapshot);
            var hashes = keys.Keys.Select(key => key.Hash).ToHashSet(StringComparer.Ordinal);
            return keys.Version == snapshot.Version && hashes.Count == keys.Keys.Count && hashes.All(IsHash)
                && keys.Keys.All(key => key.Name is not null && !key.Permissions.Contains(null!)) ? keys : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static bool IsHash(string? hash) => hash is { Length: 64 } && hash.All(char.IsAsciiHexDigitLower);

    private static void Write(Utf8JsonWriter json, PublishedKey key)
    {
        json.WriteStartObject();
        json.WriteString("hash", key.Hash);
        json.WriteNumber("id", key.Id);
        json.WriteString("name", key.Name);
        json.WriteStartArray("permissions");
        foreach (var permission in key.Permissions) json.WriteStringValue(permission);
        json.WriteEndArray();
        if (key.ExpiresAt is { } expiry) json.WriteNumber("expires_at", expiry);
        json.WriteEndObject();
    }

    private static PublishedKey Read(JsonElement key) => new(
        key.GetProperty("hash").GetString()!, key.GetProperty("id").GetInt64(), key.GetProperty("name").GetString()!,
        [.. key.GetProperty("permissions").EnumerateArray().Select(permission => permission.GetString()!)],
        key.TryGetProperty("expires_at", out var expiry) ? expiry.GetInt64() : null);
}
