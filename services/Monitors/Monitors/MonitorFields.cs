using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults;

namespace Kener.Monitors;

/// <summary>What is stored as JSON of a monitor, and what may be: a refusal in API v4's words otherwise.</summary>
internal static class MonitorFields
{
    private const int LongestJson = 262_144;

    /// <summary>What monitor_settings_json shows where nothing is stored.</summary>
    public static string DefaultSettings { get; } =
        $$"""{"uptime_formula_numerator":"{{Uptime.DefaultNumerator}}","uptime_formula_denominator":"{{Uptime.DefaultDenominator}}"}""";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly SearchValues<char> TagCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Lower-case letters, digits, '-' and '_', up to 255, the first and the last a letter or digit.</summary>
    public static bool IsTag(string tag) => tag.Length is > 0 and <= 255 && !tag.AsSpan().ContainsAnyExcept(TagCharacters)
        && char.IsAsciiLetterOrDigit(tag[0]) && char.IsAsciiLetterOrDigit(tag[^1]);

    /// <summary>The object before with the given one's fields laid over it, one level deep; null clears.</summary>
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
    /// The type_data with the given fields in it, of which secrets may be masked. A field with a wrong value is refused; of a monitor whose
    /// type is new, all fields are looked at.
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

    /// <summary>The formula of that name; null where it is missing or does not parse, which means the default.</summary>
    public static string? Formula(string? settings, string field) =>
        settings is not null && Parse(settings).TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String
        && value.GetString() is var formula && Uptime.IsFormula(formula) ? formula : null;

    /// <summary>Our own addition to monitor_settings_json: for how many days results are kept; null where it is not said.</summary>
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
