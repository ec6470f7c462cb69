using System.Text.Json.Nodes;

namespace Kener.Status.Site.Settings;

/// <summary>Which lists of incidents a page has, and how long they are (Behavior: PAG-6, PAG-7).</summary>
internal sealed record EventLists(bool Ongoing, bool Resolved, int ResolvedAtMost, int ResolvedDays)
{
    public const string Defaults = """
        {
          "showInlineEvents": false,
          "incidents": { "enabled": true, "ongoing": { "show": true }, "resolved": { "show": true, "maxCount": 5, "daysInPast": 7 } },
          "maintenances": {
            "enabled": true, "ongoing": { "show": true }, "past": { "show": true, "maxCount": 5, "daysInPast": 7 },
            "upcoming": { "show": true, "maxCount": 5, "daysInFuture": 7 }
          }
        }
        """;

    // A page must stay readable, and its facts are kept in memory.
    private const int MostItems = 100, MostDays = 365;

    /// <summary>Returns the lists of a page: by its own settings, else the site's, else the defaults.</summary>
    public static EventLists Of(JsonNode? ofSite, JsonObject ofPage)
    {
        var site = ofSite.At("incidents");
        var page = ofPage.At("incidents");
        var enabled = page.At("enabled").Flag() ?? site.At("enabled").Flag() ?? true;
        var (ongoing, resolved) = (page.At("ongoing"), page.At("resolved"));
        var atMost = Math.Min(resolved.At("max_count").Whole() ?? site.At("resolved").At("maxCount").Whole() ?? 5, MostItems);
        var days = Math.Min(resolved.At("days_in_past").Whole() ?? site.At("resolved").At("daysInPast").Whole() ?? 7, MostDays);
        // A list that cannot contain anything must not claim that there was nothing.
        var showsResolved = (resolved.At("show").Flag() ?? site.At("resolved").At("show").Flag() ?? true) && atMost > 0 && days > 0;
        return new EventLists(
            enabled && (ongoing.At("show").Flag() ?? site.At("ongoing").At("show").Flag() ?? true), enabled && showsResolved, atMost, days);
    }
}
