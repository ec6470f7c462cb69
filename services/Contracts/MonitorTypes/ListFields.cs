using System.Text.Json;

namespace Kener.Contracts;

/// <summary>A list, or a text that contains one as JSON, as older versions of the original stored it.</summary>
public abstract class ListField<T>(string name) : TypeField<IReadOnlyList<T>>(name, [])
{
    // The API reads JSON to the same depth.
    private static readonly JsonDocumentOptions AsInApi = new() { MaxDepth = 32 };

    /// <summary>Maximum number of items.</summary>
    public int Most { get; init; } = 1_000;

    /// <inheritdoc />
    protected sealed override IReadOnlyList<T> Parse(JsonElement value, string path)
    {
        var list = Unwrapped(value, path);
        if (list.ValueKind != JsonValueKind.Array) throw new FieldException(path, "give a list");
        if (list.GetArrayLength() > Most) throw new FieldException(path, $"give at most {Most} items");
        return [.. list.EnumerateArray().Select((item, i) => ParseItem(item, $"{path}[{i}]"))];
    }

    /// <summary>Parses an item; throws <see cref="FieldException"/> if it is invalid.</summary>
    protected abstract T ParseItem(JsonElement item, string path);

    /// <summary>Returns the value itself, or the list that its text contains.</summary>
    private protected static JsonElement Unwrapped(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String) return value;
        try
        {
            var text = value.GetString()!;
            var parsed = JsonElement.Parse(string.IsNullOrWhiteSpace(text) ? "[]" : text, AsInApi);
            return JsonTexts.Fault(parsed) is { } fault ? throw new FieldException(path, fault) : parsed;
        }
        catch (JsonException)
        {
            throw new FieldException(path, "give a list");
        }
    }
}

/// <summary>A list of texts.</summary>
public sealed class TextsField(string name) : ListField<string>(name)
{
    /// <inheritdoc />
    protected override string ParseItem(JsonElement item, string path) =>
        item.ValueKind == JsonValueKind.String ? item.GetString()! : throw new FieldException(path, "give a text");
}

/// <summary>A list of objects, each with the given fields.</summary>
public sealed class ObjectsField(string name, params TypeField[] fields) : ListField<JsonElement>(name)
{
    /// <summary>The fields of each object.</summary>
    public IReadOnlyList<TypeField> Fields => fields;

    /// <summary>Returns what is wrong with an object whose single fields are valid; null if nothing is.</summary>
    public Func<JsonElement, string?> ItemRule { get; init; } = _ => null;

    /// <inheritdoc />
    public override bool HasSecret => Array.Exists(fields, one => one.HasSecret);

    /// <inheritdoc />
    protected override JsonElement ParseItem(JsonElement item, string path)
    {
        if (item.ValueKind != JsonValueKind.Object) throw new FieldException(path, $"give an object with {string.Join(", ", fields.Select(field => field.Name))}");
        foreach (var field in fields)
            if (Given(item, field.Name) is { } value) field.Check(value, $"{path}.{field.Name}");
        return ItemRule(item) is { } fault ? throw new FieldException(path, fault) : item;
    }

    internal override string? Missing(JsonElement? value, string path)
    {
        if (value is not { } list) return base.Missing(value, path);
        try
        {
            list = Unwrapped(list, path);
        }
        catch (FieldException)
        {
            // Present, although invalid.
            return null;
        }
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0) return base.Missing(list, path);
        return list.EnumerateArray().Index()
            .SelectMany(item => fields.Select(field => field.Missing(Given(item.Item, field.Name), $"{path}[{item.Index}].{field.Name}")))
            .FirstOrDefault(missing => missing is not null);
    }

    internal override JsonElement Masked(JsonElement value) => !HasSecret ? value
        : value.ValueKind == JsonValueKind.Array ? TypeSecrets.List(value.EnumerateArray().Select(MaskedItem)) : TypeSecrets.MaskValue;

    /// <summary>Replaces each item that equals the masked form of a stored item with that item; the order of items does not matter.</summary>
    private protected override JsonElement UnmaskedPart(JsonElement given, JsonElement? stored, string path)
    {
        if (given.ValueKind != JsonValueKind.Array) return base.UnmaskedPart(given, stored, path);
        var left = stored is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Select(item => (Item: item, Masked: MaskedItem(item))).ToList() : [];
        return TypeSecrets.List(given.EnumerateArray().Select((item, i) =>
        {
            var at = left.FindIndex(before => JsonElement.DeepEquals(item, before.Masked));
            if (at >= 0)
            {
                var before = left[at].Item;
                left.RemoveAt(at);
                return before;
            }
            if (item.ValueKind == JsonValueKind.Object)
                foreach (var field in fields)
                    if (Given(item, field.Name) is { } value) field.Unmasked(value, null, $"{path}[{i}].{field.Name}");
            return item;
        }));
    }

    private JsonElement MaskedItem(JsonElement item) => item.ValueKind != JsonValueKind.Object ? TypeSecrets.MaskValue
        : TypeSecrets.Object(item, (name, value) => Array.Find(fields, field => field.Name == name) is { } field ? field.Masked(value) : value);
}
