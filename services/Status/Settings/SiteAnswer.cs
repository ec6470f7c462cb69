using System.Text.Json.Nodes;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Settings;

/// <summary>A setting of the site as API v4 shows it.</summary>
internal sealed record SiteAnswer(string Key, JsonNode Value, string DataType)
{
    /// <summary>What the key holds; null where it was never set and has no default.</summary>
    public static SiteAnswer? Of(SiteKey key, JsonObject set, KenerSettings installation)
    {
        var value = set[key.Name]?.DeepClone() ?? key.DefaultValue() ?? Of(key.Name, installation);
        return value is null ? null : new SiteAnswer(key.Name, value, key.DataType);
    }

    private static JsonNode? Of(string key, KenerSettings installation) => key switch
    {
        SiteKeys.SiteUrl => installation.SiteUrl,
        SiteKeys.Retention => new JsonObject { ["enabled"] = true, ["retentionDays"] = installation.RetentionDays },
        _ => null,
    };
}

/// <summary>From what an address or the database says to the site's settings.</summary>
internal static class SiteReading
{
    /// <summary>The key of that name; 404 where there is none.</summary>
    public static SiteKey Known(string name) =>
        SiteKeys.Find(name) ?? throw Refusal.NotFound($"Config key '{name}' is not a valid configuration key");

    /// <summary>What was set.</summary>
    public static async Task<JsonObject> SetValuesAsync(this StatusDb db, CancellationToken cancel) =>
        (await db.Site.AsNoTracking().FirstAsync(row => row.Id == SiteRow.TheOne, cancel)).SetValues();
}
