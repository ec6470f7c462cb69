using System.Buffers;
using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kener.Contracts;

/// <summary>
/// Masks the secrets in <c>type_data</c>. A field that is secret in one type is secret in all: a monitor whose type was changed keeps the fields
/// of the former type.
/// </summary>
public static class TypeSecrets
{
    /// <summary>Stands in place of a secret. When a client sends it back, the stored value is kept.</summary>
    public const string Mask = "********";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly FrozenDictionary<string, TypeField> ByName = MonitorTypes.Descriptors.SelectMany(type => type.Fields)
        .Where(field => field.HasSecret).ToFrozenDictionary(field => field.Name, StringComparer.Ordinal);

    internal static JsonElement MaskValue { get; } = Text(Mask);

    /// <summary>Returns the data as callers without the permission monitors.write see it.</summary>
    public static JsonElement Masked(JsonElement data) => data.ValueKind != JsonValueKind.Object ? MaskValue
        : Object(data, (name, value) => ByName.TryGetValue(name, out var field) ? field.Masked(value) : value);

    /// <summary>
    /// Returns the data that a client sent, with the stored value wherever the client sent its mask. Throws <see cref="FieldException"/> for a mask
    /// without a stored value.
    /// </summary>
    public static JsonElement Unmasked(JsonElement given, JsonElement? stored) =>
        Object(given, (name, value) => ByName.TryGetValue(name, out var field)
            ? field.Unmasked(value, stored is { } before ? TypeField.Given(before, name) : null, name) : value);

    internal static JsonElement Text(string text) => Written(json => json.WriteStringValue(text));

    internal static JsonElement List(IEnumerable<JsonElement> items) => Written(json =>
    {
        json.WriteStartArray();
        foreach (var item in items) item.WriteTo(json);
        json.WriteEndArray();
    });

    internal static JsonElement Object(JsonElement data, Func<string, JsonElement, JsonElement> change) => Written(json =>
    {
        json.WriteStartObject();
        foreach (var field in data.EnumerateObject())
        {
            json.WritePropertyName(field.Name);
            change(field.Name, field.Value).WriteTo(json);
        }
        json.WriteEndObject();
    });

    private static JsonElement Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain)) write(json);
        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
