using System.Globalization;
using System.Text.Json;
using Kener.ServiceDefaults;

namespace Kener.Agent.Checks;

/// <summary>Reads the fields of type_data: absent and null are the default, numbers and flags may come as text.</summary>
internal static class Fields
{
    // What the API takes.
    private static readonly JsonDocumentOptions AsInApi = new() { MaxDepth = 32 };

    /// <summary>
    /// Refuses texts and names that are no valid Unicode, as the API does: to read one throws. The API does not look into texts that hold JSON.
    /// </summary>
    public static void CheckTexts(this JsonElement data, string field)
    {
        try
        {
            data.RawJson();
        }
        catch (Refusal refusal)
        {
            throw new WrongConfiguration(field, refusal.Message);
        }
    }

    public static string Text(this JsonElement data, string field, string byDefault = "") =>
        !Given(data, field, out var value) ? byDefault
        : value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw new WrongConfiguration(field, "give a text");

    public static bool Flag(this JsonElement data, string field, bool byDefault)
    {
        if (!Given(data, field, out var value)) return byDefault;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        return value.ValueKind == JsonValueKind.String && bool.TryParse(value.GetString(), out var flag) ? flag
            : throw new WrongConfiguration(field, "give true or false");
    }

    public static int Whole(this JsonElement data, string field, int byDefault, int least, int most)
    {
        if (!Given(data, field, out var value)) return byDefault;
        var number = value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetDouble(out var plain) => plain,
            JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var written) => written,
            _ => double.NaN,
        };
        return number >= least && number <= most && double.IsInteger(number) ? (int)number
            : throw new WrongConfiguration(field, $"give a whole number from {least} to {most}");
    }

    /// <summary>The items of a list, which the original's old versions kept as JSON within a text.</summary>
    public static IEnumerable<JsonElement> List(this JsonElement data, string field)
    {
        if (!Given(data, field, out var value)) return [];
        if (value.ValueKind == JsonValueKind.String) value = Parsed(value.GetString()!, field);
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw new WrongConfiguration(field, "give a list");
    }

    private static JsonElement Parsed(string text, string field)
    {
        try
        {
            var parsed = JsonElement.Parse(string.IsNullOrWhiteSpace(text) ? "[]" : text, AsInApi);
            parsed.CheckTexts(field);
            return parsed;
        }
        catch (JsonException)
        {
            throw new WrongConfiguration(field, "give a list");
        }
    }

    private static bool Given(JsonElement data, string field, out JsonElement value)
    {
        value = default;
        return data.ValueKind == JsonValueKind.Object && data.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;
    }
}
