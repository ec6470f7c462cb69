using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.Status.Database;

namespace Kener.Status.Site.Settings;

/// <summary>The site: the settings that its operators set; others follow the current defaults. There is one row, created with the table.</summary>
internal sealed class SiteRow : IAggregate
{
    public const long TheOne = 1;

    public long Id { get; set; } = TheOne;
    public long Version { get; set; } = 1;
    /// <summary>A JSON object: key → value, of the keys that were set.</summary>
    public string Values { get; set; } = "{}";
    /// <summary>The event that was published last, as JSON with the version 0; null before the first one.</summary>
    public string? Told { get; set; }

    public JsonObject SetValues() => JsonNode.Parse(Values)!.AsObject();

    /// <summary>
    /// Sets a key. Two older keys, homeIncidentCount and homeIncidentStartTimeWithin, name parts of eventDisplaySettings, and setting them sets those
    /// parts too.
    /// </summary>
    public void Set(SiteKey key, JsonNode value)
    {
        var values = SetValues();
        values[key.Name] = value;
        if (key.Name == SiteKeys.HomeIncidentCount) SetResolved(values, "maxCount", value);
        else if (key.Name == SiteKeys.HomeIncidentDays) SetResolved(values, "daysInPast", value);
        Values = values.ToJsonString();
    }

    public SiteChanged ToEvent(KenerSettings installation) => ToEvent(installation, Version);

    /// <summary>Returns the event as JSON with the version 0, to compare it with the one that was published last.</summary>
    public string Telling(KenerSettings installation) => Payload.Write(ToEvent(installation, version: 0));

    private SiteChanged ToEvent(KenerSettings installation, long version)
    {
        var site = new SiteSettings(SetValues(), installation);
        return new SiteChanged
        {
            Version = version,
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

/// <summary>Operations that every change of the site uses.</summary>
internal static class SiteChanges
{
    /// <summary>Locks and returns the site, with a new version.</summary>
    public static async Task<SiteRow> LockSiteAsync(this Change<StatusDb> change, CancellationToken cancel) =>
        (await change.LockAsync<SiteRow>(SiteRow.TheOne, cancel))!;

    /// <summary>Publishes the present state of the site.</summary>
    public static void Tell(this Change<StatusDb> change, SiteRow site, KenerSettings installation)
    {
        site.Told = site.Telling(installation);
        change.Publish("site", () => site.ToEvent(installation));
    }
}
