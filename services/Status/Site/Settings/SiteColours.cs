using System.Text.Json.Nodes;
using Kener.Contracts;

namespace Kener.Status.Site.Settings;

/// <summary>The colors of the statuses, if the owner chose others than Kener's.</summary>
internal static class SiteColours
{
    public static readonly IReadOnlyList<string> Required = ["UP", "DOWN", "DEGRADED", "MAINTENANCE"], Optional = ["ACCENT", "ACCENT_FOREGROUND"];

    public const string Light =
        """{"UP":"#67ab95","DOWN":"#ca3038","DEGRADED":"#e6ca61","MAINTENANCE":"#6679cc","ACCENT":"#f4f4f5","ACCENT_FOREGROUND":"#e96e2d"}""";

    public const string Dark =
        """{"UP":"#67ab95","DOWN":"#ca3038","DEGRADED":"#e6ca61","MAINTENANCE":"#6679cc","ACCENT":"#27272a","ACCENT_FOREGROUND":"#e96e2d"}""";

    private static readonly JsonObject Before = JsonNode.Parse(Light)!.AsObject();

    public static bool IsColour(JsonNode? value) =>
        value.Said() is ['#', .. { Length: 6 } digits] && digits.All(char.IsAsciiHexDigit);

    /// <summary>
    /// Returns the chosen colors: those that were set and differ from the original's defaults, since a client that changes one color sends the other
    /// three unchanged.
    /// </summary>
    public static IReadOnlyDictionary<MonitorStatus, (string Light, string Dark)> Chosen(JsonNode? light, JsonNode? dark)
    {
        var chosen = new Dictionary<MonitorStatus, (string, string)>();
        foreach (var word in Required)
        {
            var (day, night) = (Other(light, word), Other(dark, word));
            if ((day ?? night) is { } any) chosen[ApiWords.ToStatus(word)!.Value] = (day ?? any, night ?? any);
        }
        return chosen;
    }

    private static string? Other(JsonNode? colours, string word)
    {
        var colour = (colours as JsonObject)?[word];
        if (!IsColour(colour)) return null;
        var text = colour.Said()!.ToLowerInvariant();
        return text == Before[word]!.GetValue<string>() ? null : text;
    }
}
