using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Site.Settings;

/// <summary>A setting of the site as API v4 returns it.</summary>
internal sealed record SiteResponse(
    string Key,
    [property: Description("Any JSON for the data type object, else a string.")] JsonNode Value,
    [property: AllowedValues("string", "number", "object"), Description("Numbers are strings of digits.")] string DataType)
{
    /// <summary>Returns the value of the key; null if it was never set and has no default.</summary>
    public static SiteResponse? Of(SiteKey key, JsonObject set, KenerSettings installation)
    {
        var value = set[key.Name]?.DeepClone() ?? key.DefaultValue() ?? Of(key.Name, installation);
        return value is null ? null : new SiteResponse(key.Name, value, key.DataType);
    }

    private static JsonNode? Of(string key, KenerSettings installation) => key switch
    {
        SiteKeys.SiteUrl => installation.SiteUrl,
        SiteKeys.Retention => new JsonObject { ["enabled"] = true, ["retentionDays"] = installation.RetentionDays },
        _ => null,
    };
}

/// <summary>The response with a list of settings.</summary>
internal sealed record SiteList(IEnumerable<SiteResponse> SiteData);

/// <summary>Reads site settings by the key in a path, or from the database.</summary>
internal static class SiteReading
{
    /// <summary>Returns the key of that name; 404 if there is none.</summary>
    public static SiteKey Known(string name) =>
        SiteKeys.Find(name) ?? throw Refusal.NotFound($"Config key '{name}' is not a valid configuration key");

    /// <summary>Returns the settings that were set.</summary>
    public static async Task<JsonObject> SetValuesAsync(this StatusDb db, CancellationToken cancel) =>
        (await db.Site.AsNoTracking().FirstAsync(row => row.Id == SiteRow.TheOne, cancel)).SetValues();
}
