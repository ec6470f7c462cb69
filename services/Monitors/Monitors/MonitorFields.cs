using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;

namespace Kener.Monitors.Monitors;

/// <summary>
/// Reads, validates and merges fields of a monitor, mostly those that are stored as JSON. Invalid values are refused with API v4's error texts.
/// </summary>
internal static class MonitorFields
{
    private const int LongestJson = 262_144;

    /// <summary>The value of monitor_settings_json if nothing is stored.</summary>
    public static string DefaultSettings { get; } =
        $$"""{"uptime_formula_numerator":"{{Uptime.DefaultNumerator}}","uptime_formula_denominator":"{{Uptime.DefaultDenominator}}"}""";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly SearchValues<char> TagCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Whether the text is a valid tag (Behavior: CHK-1).</summary>
    public static bool IsTag(string tag) => tag.Length is > 0 and <= 255 && !tag.AsSpan().ContainsAnyExcept(TagCharacters)
        && char.IsAsciiLetterOrDigit(tag[0]) && char.IsAsciiLetterOrDigit(tag[^1]);

    /// <summary>
    /// Returns the object with the given fields merged into it, one level deep; null, which clears it, if null is given (Behavior: CHK-9).
    /// </summary>
    public static string? Merged(string? before, JsonElement given, string field)
    {
        if (given.ValueKind == JsonValueKind.Null) return null;
        if (given.ValueKind != JsonValueKind.Object) throw Refusal.BadRequest($"{field} must be an object");
        _ = given.RawJson();
        var fields = new OrderedDictionary<string, JsonElement>();
        if (before is not null) foreach (var old in Parse(before).EnumerateObject()) fields[old.Name] = old.Value;
        foreach (var added in given.EnumerateObject()) fields[added.Name] = added.Value;

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Plain)) JsonSerializer.Serialize(json, fields);
        return buffer.Length <= LongestJson ? Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length))
            : throw Refusal.BadRequest($"{field} must not be larger than {LongestJson / 1024} KiB");
    }

    /// <summary>
    /// Returns the type_data with the given fields, whose secrets may be masked, merged into it. Refuses an invalid value; validates only the given
    /// fields, or all if the monitor's type has changed.
    /// </summary>
    public static string? TypeData(MonitorType type, string? before, JsonElement given, bool isNewType)
    {
        try
        {
            JsonElement? stored = before is null ? null : Parse(before);
            if (given.ValueKind == JsonValueKind.Object)
            {
                _ = given.RawJson();
                given = TypeSecrets.Unmasked(given, stored);
            }
            var merged = given.ValueKind == JsonValueKind.Undefined ? before : Merged(before, given, "type_data");
            if (merged is not null) type.Check(Parse(merged), isNewType ? null : name => given.TryGetProperty(name, out _));
            return merged;
        }
        catch (FieldException wrong)
        {
            throw Refusal.BadRequest($"type_data.{wrong.Message}");
        }
    }

    public static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    /// <summary>Returns the formula of this name; null, which means the default, if it is missing or does not parse.</summary>
    public static string? Formula(string? settings, string field) =>
        settings is not null && Parse(settings).TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is var formula && Uptime.IsFormula(formula) ? formula : null;

    /// <summary>Returns retention_days, our addition to monitor_settings_json: for how many days results are kept; null if it is not set.</summary>
    public static int? RetentionDays(string? settings)
    {
        const string Message = "retention_days must be a whole number of days from 1 to 3650";
        if (settings is null || !Parse(settings).TryGetProperty("retention_days", out var value) || value.ValueKind == JsonValueKind.Null) return null;
        var days = value.Number(Message);
        return days is >= 1 and <= 3650 && double.IsInteger(days) ? (int)days : throw Refusal.BadRequest(Message);
    }

    public static bool IsWebAddress(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
