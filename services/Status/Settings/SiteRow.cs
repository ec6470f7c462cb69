using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.Persistence;

namespace Kener.Status.Settings;

/// <summary>The site: what its operators set, all else follows the defaults of the day. There is one row, made with the table.</summary>
internal sealed class SiteRow : IAggregate
{
    public const long TheOne = 1;

    public long Id { get; set; } = TheOne;
    public long Version { get; set; } = 1;
    /// <summary>A JSON object: key → value, of the keys that were set.</summary>
    public string Values { get; set; } = "{}";

    public JsonObject SetValues() => JsonNode.Parse(Values)!.AsObject();

    /// <summary>Sets a key. Two old names are kept as names of a part of another: who writes either changes both.</summary>
    public void Set(SiteKey key, JsonNode value)
    {
        var values = SetValues();
        values[key.Name] = value;
        if (key.Name == SiteKeys.HomeIncidentCount) SetResolved(values, "maxCount", value);
        else if (key.Name == SiteKeys.HomeIncidentDays) SetResolved(values, "daysInPast", value);
        Values = values.ToJsonString();
    }

    public SiteChanged ToEvent(string seedUrl)
    {
        var site = new SiteSettings(SetValues(), seedUrl);
        return new SiteChanged
        {
            Version = Version,
            Name = site.Name,
            Url = site.Url,
            Language = site.Language,
            Zone = site.Zone,
            RetentionDays = site.RetentionDays,
        };
    }

    private static void SetResolved(JsonObject values, string name, JsonNode value)
    {
        var display = values[SiteKeys.EventDisplay] as JsonObject ?? [];
        var incidents = display["incidents"] as JsonObject ?? [];
        var resolved = incidents["resolved"] as JsonObject ?? [];
        resolved[name] = int.Parse(value.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture);
        if (resolved.Parent is null) incidents["resolved"] = resolved;
        if (incidents.Parent is null) display["incidents"] = incidents;
        if (display.Parent is null) values[SiteKeys.EventDisplay] = display;
    }
}
