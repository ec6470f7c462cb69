using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Kener.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults.Json;

/// <summary>
/// Reads the fields of an input record from a request's JSON object. A field is named by its property; in JSON that name is in snake case.
/// The first invalid field ends the request, so the order of reading is the order in which the API reports errors.
/// </summary>
/// <param name="Json">The body, a JSON object.</param>
/// <param name="IsNew">Whether the request creates an entity (POST), so that required fields must be present. PATCH requires none.</param>
public readonly record struct InputBody(JsonElement Json, bool IsNew)
{
    /// <summary>Reads the request's body; 400 if it is not a JSON object.</summary>
    public static async Task<InputBody> ReadAsync(HttpRequest request, CancellationToken cancel) =>
        new(await JsonBody.ReadAsync(request, cancel), HttpMethods.IsPost(request.Method));

    /// <summary>Whether the request has the field.</summary>
    public bool Has(string property) => Json.Has(NameOf(property), out _);

    /// <summary>Reads the field; a null that was sent counts as its value.</summary>
    public Optional<T> Read<T>(string property, Func<JsonElement, T> read) => Json.Has(NameOf(property), out var value) ? new(read(value)) : default;

    /// <summary>Reads the field; null counts as not sent.</summary>
    public Optional<T> ReadUnlessNull<T>(string property, Func<JsonElement, T> read) => Json.Given(NameOf(property)) is { } value ? new(read(value)) : default;

    /// <summary>Reads a field that is required for a new entity; 400 with <paramref name="message"/> if it is missing or null there.</summary>
    public Optional<T> ReadRequired<T>(string property, string message, Func<JsonElement, T> read)
    {
        if (IsNew && Json.Given(NameOf(property)) is null) throw Refusal.BadRequest(message);
        return Read(property, read);
    }

    /// <summary>Returns the JSON names of the input's fields that were sent.</summary>
    public IReadOnlyList<string> SentFields<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TInput>()
    {
        var json = Json;
        return [.. typeof(TInput).GetProperties().Select(property => NameOf(property.Name)).Where(name => json.Has(name, out _))];
    }

    private static string NameOf(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);
}
