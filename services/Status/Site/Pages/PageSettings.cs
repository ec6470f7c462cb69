using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;
using Kener.Status.Site.Settings;

namespace Kener.Status.Site.Pages;

/// <summary>
/// The display settings of a page (Behavior: PAG-11). Only what was set is stored, so that everything else follows the site and the current
/// defaults; unknown keys are stored as they were sent.
/// </summary>
internal static class PageSettings
{
    public const int MostDays = 365;
    /// <summary>The maximum length of a page's settings, in characters of JSON.</summary>
    public const int Longest = 65_536;
    public static readonly IReadOnlyList<string> Layouts = ["default-list", "default-grid", "compact-list", "compact-grid"];

    private const string Defaults = """
        {
          "incidents": { "enabled": true, "ongoing": { "show": true }, "resolved": { "show": true, "max_count": 5, "days_in_past": 7 } },
          "include_maintenances": {
            "enabled": true,
            "ongoing": {
              "show": true,
              "past": { "show": true, "max_count": 5, "days_in_past": 7 },
              "upcoming": { "show": true, "max_count": 5, "days_in_future": 30 }
            }
          },
          "monitor_status_history_days": { "desktop": 90, "mobile": 30 },
          "monitor_layout_style": "default-list"
        }
        """;

    private static readonly string[] Texts = ["meta_page_title", "meta_page_description", "social_page_preview_image"];

    /// <summary>Returns all settings, with defaults for those that were not set.</summary>
    public static JsonObject Filled(JsonObject set) => Merge(JsonNode.Parse(Defaults)!.AsObject(), set);

    /// <summary>Merges the second object over the first, object by object; changes and returns the first.</summary>
    public static JsonObject Merge(JsonObject below, JsonObject above)
    {
        foreach (var (name, value) in above.ToList())
        {
            if (value is JsonObject inner && below[name] is JsonObject known) below[name] = Merge(known.DeepClone().AsObject(), inner);
            else below[name] = value?.DeepClone();
        }
        return below;
    }

    /// <summary>Returns the settings with those that were sent merged in, as JSON to store; 400 if they become too large.</summary>
    public static string Merged(JsonObject set, JsonObject sent)
    {
        var json = Merge(set, sent).ToJsonString();
        return json.Length <= Longest ? json : throw Refusal.BadRequest($"page_settings must not be larger than {Longest / 1024} KiB");
    }

    /// <summary>Validates what a client sent, in API v4's order of checks, and returns it; 400 if it is invalid.</summary>
    public static JsonObject Checked(JsonElement settings)
    {
        Object(settings, "page_settings");
        if (settings.Has("incidents", out var incidents)) Incidents(incidents);
        if (settings.Has("include_maintenances", out var maintenances)) Maintenances(maintenances);
        if (settings.Has("monitor_layout_style", out var layout)) layout.OneOf("monitor_layout_style", Layouts);
        if (settings.Has("monitor_status_history_days", out var days)) Days(days);
        foreach (var name in Texts)
            if (settings.Has(name, out var text)) text.Text($"{name} must be a string", StatusPage.LongestUrl);
        return settings.ToNode()!.AsObject();
    }

    private static void Incidents(JsonElement incidents)
    {
        Object(incidents, "incidents");
        Flag(incidents, "enabled", "incidents.enabled");
        if (incidents.Has("ongoing", out var ongoing))
        {
            Object(ongoing, "incidents.ongoing");
            Flag(ongoing, "show", "incidents.ongoing.show");
        }
        if (!incidents.Has("resolved", out var resolved)) return;
        Object(resolved, "incidents.resolved");
        List(resolved, "incidents.resolved", "days_in_past");
    }

    private static void Maintenances(JsonElement maintenances)
    {
        const string Ongoing = "include_maintenances.ongoing";
        Object(maintenances, "include_maintenances");
        Flag(maintenances, "enabled", "include_maintenances.enabled");
        if (!maintenances.Has("ongoing", out var ongoing)) return;
        Object(ongoing, Ongoing);
        Flag(ongoing, "show", $"{Ongoing}.show");
        foreach (var (name, days) in (ReadOnlySpan<(string, string)>)[("past", "days_in_past"), ("upcoming", "days_in_future")])
        {
            if (!ongoing.Has(name, out var list)) continue;
            Object(list, $"{Ongoing}.{name}");
            List(list, $"{Ongoing}.{name}", days);
        }
    }

    private static void List(JsonElement list, string path, string days)
    {
        Flag(list, "show", $"{path}.show");
        foreach (var name in (ReadOnlySpan<string>)["max_count", days])
        {
            if (list.Has(name, out var number) && !(IsWhole(number, out var value) && value >= 0))
                throw Refusal.BadRequest($"{path}.{name} must be a non-negative integer");
        }
    }

    private static void Days(JsonElement days)
    {
        Object(days, "monitor_status_history_days");
        foreach (var name in (ReadOnlySpan<string>)["desktop", "mobile"])
        {
            if (days.Has(name, out var number) && !(IsWhole(number, out var value) && value is >= 1 and <= MostDays))
                throw Refusal.BadRequest($"monitor_status_history_days.{name} must be an integer between 1 and {MostDays}");
        }
    }

    private static void Object(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Refusal.BadRequest($"{path} must be an object");
    }

    private static void Flag(JsonElement holder, string name, string path)
    {
        if (holder.Has(name, out var flag) && flag.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            throw Refusal.BadRequest($"{path} must be a boolean");
    }

    private static bool IsWhole(JsonElement value, out double number)
    {
        number = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number) && number is >= int.MinValue and <= int.MaxValue
            && double.IsInteger(number);
    }
}
