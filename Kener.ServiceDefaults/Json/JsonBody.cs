using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults.Json;

/// <summary>
/// Reads request bodies as JSON, whatever their Content-Type is (Behavior: API-3). Refuses with 400 what is invalid or cannot be stored: invalid
/// JSON, a body that is not an object, text with NUL or half a surrogate pair.
/// </summary>
public static class JsonBody
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <summary>Returns the body as a JSON object; refuses anything else with 400 "Invalid JSON body".</summary>
    public static async Task<JsonElement> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, Strict, cancel);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Refusal.BadRequest("Invalid JSON body");
            // Looking up a field also reads the other names, and throws on a name that is not valid Unicode.
            if (JsonTexts.FaultOfNames(document.RootElement) is { } fault) throw Refusal.BadRequest(fault);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw Refusal.BadRequest("Invalid JSON body");
        }
    }

    /// <summary>Finds a field, also one that is null; returns false if it is missing. If a name occurs twice, the last one counts.</summary>
    public static bool Has(this JsonElement body, string name, out JsonElement value) => body.TryGetProperty(name, out value);

    /// <summary>Returns the field; null if it is missing or null.</summary>
    public static JsonElement? Given(this JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>
    /// Returns the value as text of at most <paramref name="longest"/> characters; refuses a value that is not text with <paramref name="message"/>.
    /// </summary>
    public static string Text(this JsonElement value, string message, int longest = JsonTexts.Longest)
    {
        if (value.ValueKind != JsonValueKind.String) throw Refusal.BadRequest(message);
        string text;
        try
        {
            text = value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Refusal.BadRequest("Text must be valid Unicode");
        }
        if (text.Contains('\0', StringComparison.Ordinal)) throw Refusal.BadRequest("Text must not contain the character U+0000");
        if (text.Length > longest) throw Refusal.BadRequest($"Text must not be longer than {longest} characters");
        return text;
    }

    /// <summary>Returns the value as text, or null if it is null; refuses anything else with an error that names <paramref name="field"/>.</summary>
    public static string? TextOrNull(this JsonElement value, string field, int longest) =>
        value.ValueKind == JsonValueKind.Null ? null : value.Text($"{field} must be a string", longest);

    /// <summary>Returns the value if it is one of these words; refuses anything else with an error that names <paramref name="field"/>.</summary>
    public static string OneOf(this JsonElement value, string field, params IReadOnlyList<string> words)
    {
        var message = $"{field} must be one of: {string.Join(", ", words)}";
        var word = value.Text(message);
        return words.Contains(word, StringComparer.Ordinal) ? word : throw Refusal.BadRequest(message);
    }

    /// <summary>Returns the value as Unix seconds from 1970 to 9999, rounded down; refuses anything else with <paramref name="message"/>.</summary>
    public static long Seconds(this JsonElement value, string message)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number is not (>= 0 and <= 253_402_300_799))
            throw Refusal.BadRequest(message);
        return (long)Math.Floor(number);
    }

    /// <summary>Returns the value as a finite number; refuses anything else with <paramref name="message"/>.</summary>
    public static double Number(this JsonElement value, string message) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number : throw Refusal.BadRequest(message);

    /// <summary>Returns a JSON object or array as text that every database can store; refuses NUL and half surrogate pairs.</summary>
    public static string RawJson(this JsonElement value) =>
        JsonTexts.Fault(value) is { } fault ? throw Refusal.BadRequest(fault) : value.GetRawText();
}
