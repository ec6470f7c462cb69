using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Snapshots;
using Kener.Ui.Text;

namespace Kener.Status.Site.Settings;

/// <summary>Validates the values of the site's settings.</summary>
internal static class SiteChecks
{
    private const int MostItems = 100;

    public static bool IsAny(JsonNode? value) => value is not null;

    public static bool IsObject(JsonNode? value) => value is JsonObject;

    public static bool IsArray(JsonNode? value) => value is JsonArray;

    public static bool IsText(JsonNode? value) => value.Said() is not null;

    public static bool IsSaid(JsonNode? value) => !string.IsNullOrWhiteSpace(value.Said());

    /// <summary>Whether the value is text; 400 with the limit for text that a page could only show as code.</summary>
    public static bool IsFooter(JsonNode? value) => IsText(value)
        && (FooterText.Exceeded(value.Said()!) is not { } bound ? true : throw Refusal.BadRequest($"footerHTML must not have {bound}"));

    public static Func<JsonNode?, bool> IsOneOf(params string[] words) => value => words.Contains(value.Said());

    public static Func<JsonNode?, bool> IsAtLeast(int least) => value =>
        int.TryParse(value.Said(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least;

    /// <summary>Whether the value is an absolute http or https address without credentials, query and fragment.</summary>
    public static bool IsAddress(JsonNode? value) => value.Said() is { Length: <= 2_048 } text
        && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { UserInfo: "", Query: "", Fragment: "" };

    public static bool IsZone(JsonNode? value) => value.Said() is { } text && TimeZones.Find(text) is not null;

    public static bool IsNav(JsonNode? value) => value is JsonArray { Count: <= MostItems } links && links.All(link =>
        link is JsonObject && IsSaid(link["name"]) && IsSaid(link["url"]) && (link["iconURL"] is null || IsText(link["iconURL"])));

    public static bool IsAnalytics(JsonNode? value) => value is JsonArray { Count: <= MostItems } providers && providers.All(provider =>
        provider is JsonObject && IsSaid(provider["id"]) && IsSaid(provider["type"]));

    public static bool IsColours(JsonNode? value) => value is JsonObject colours
        && SiteColours.Required.All(name => SiteColours.IsColour(colours[name]))
        && SiteColours.Optional.All(name => colours[name] is null || SiteColours.IsColour(colours[name]));

    /// <summary>Returns the text of a value; null if it is no text.</summary>
    public static string? Said(this JsonNode? value) => value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
