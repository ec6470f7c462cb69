using System.Text.Json;
using Kener.Contracts;
using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults;

/// <summary>
/// Reads what a client sent, whatever its Content-Type (Behavior: API-3), and refuses with 400 what can not be stored or means nothing:
/// broken JSON, a body that is no object, text with NUL or half a surrogate pair.
/// </summary>
public static class JsonBody
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <summary>The body as a JSON object; 400 "Invalid JSON body" otherwise.</summary>
    public static async Task<JsonElement> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        try
        {
            using var document = await JsonDocument.ParseAsync(request.Body, Strict, cancel);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Refusal.BadRequest("Invalid JSON body");
            // Looking up a field reads the names beside it, and chokes on those that are no text.
            if (JsonTexts.FaultOfNames(document.RootElement) is { } fault) throw Refusal.BadRequest(fault);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw Refusal.BadRequest("Invalid JSON body");
        }
    }

    /// <summary>The field, whatever it holds; false where it is missing. The last one counts where a name comes twice.</summary>
    public static bool Has(this JsonElement body, string name, out JsonElement value) => body.TryGetProperty(name, out value);

    /// <summary>The field, where it is there and not null.</summary>
    public static JsonElement? Given(this JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The value as text of at most <paramref name="longest"/> characters; refused with that message where it is anything else.</summary>
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

    /// <summary>The value as whole Unix seconds between 1970 and 9999; refused with that message where it is anything else.</summary>
    public static long Seconds(this JsonElement value, string message)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number is not (>= 0 and <= 253_402_300_799))
            throw Refusal.BadRequest(message);
        return (long)Math.Floor(number);
    }

    /// <summary>The value as a finite number; refused with that message where it is anything else.</summary>
    public static double Number(this JsonElement value, string message) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number : throw Refusal.BadRequest(message);

    /// <summary>A JSON object or array as text that every database can store: NUL and half surrogate pairs are refused.</summary>
    public static string RawJson(this JsonElement value) =>
        JsonTexts.Fault(value) is { } fault ? throw Refusal.BadRequest(fault) : value.GetRawText();
}
