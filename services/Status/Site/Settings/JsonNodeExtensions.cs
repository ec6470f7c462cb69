using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kener.Status.Site.Settings;

/// <summary>Reads settings that may hold any JSON: a value of an unexpected type counts as missing.</summary>
internal static class JsonNodeExtensions
{
    public static JsonNode? At(this JsonNode? value, string name) => (value as JsonObject)?[name];

    public static IEnumerable<JsonNode?> Items(this JsonNode? value) => value as JsonArray ?? [];

    /// <summary>Returns the trimmed text; null if it is empty or no text.</summary>
    public static string? Words(this JsonNode? value) => value.Said()?.Trim() is { Length: > 0 } text ? text : null;

    public static bool? Flag(this JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public static double? Number(this JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue(out double number) && double.IsFinite(number) ? number : null;

    /// <summary>Returns a number from 0 to int.MaxValue without its fraction; null for anything else.</summary>
    public static int? Whole(this JsonNode? value) => value.Number() is >= 0 and <= int.MaxValue and var number ? (int)number : null;
}
