using System.Text.Json;

namespace Kener.Contracts;

/// <summary>A field of <c>type_data</c>: its rule, whether it is required, and what of it is secret.</summary>
/// <param name="name">Its name in JSON.</param>
public abstract class TypeField(string name)
{
    /// <summary>Its name in JSON.</summary>
    public string Name => name;

    /// <summary>Whether a monitor without it cannot be checked.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether it is shown only to callers with the permission monitors.write.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether any part of it is secret.</summary>
    public virtual bool HasSecret => IsSecret;

    /// <summary>Throws <see cref="FieldException"/> where the value breaks the field's rule.</summary>
    public abstract void Check(JsonElement value, string path);

    /// <summary>The field of that name, where it is present and not null.</summary>
    internal static JsonElement? Given(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>The path of what is required and missing in that value, null where nothing is.</summary>
    internal virtual string? Missing(JsonElement? value, string path) => IsRequired && (value is not { } given || IsEmpty(given)) ? path : null;

    /// <summary>The value with a mask in place of what is secret.</summary>
    internal virtual JsonElement Masked(JsonElement value) => IsSecret && !IsEmpty(value) ? TypeSecrets.MaskValue : value;

    /// <summary>
    /// The value with the stored one in place of the mask. Throws <see cref="FieldException"/> for a mask of something that is not stored.
    /// </summary>
    internal JsonElement Unmasked(JsonElement given, JsonElement? stored, string path)
    {
        if (!HasSecret) return given;
        if (stored is { } before && JsonElement.DeepEquals(given, Masked(before))) return before;
        return UnmaskedPart(given, stored, path);
    }

    /// <summary>As <see cref="Unmasked"/>, for a value that is not the mask of the whole stored value.</summary>
    private protected virtual JsonElement UnmaskedPart(JsonElement given, JsonElement? stored, string path) =>
        HasMask(given) ? throw new FieldException(path, "give the value itself, not its mask") : given;

    private protected virtual bool HasMask(JsonElement value) => JsonElement.DeepEquals(value, TypeSecrets.MaskValue);

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.String => string.IsNullOrWhiteSpace(value.GetString()),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => false,
    };
}

/// <summary>A field whose value is read as <typeparamref name="T"/>.</summary>
public abstract class TypeField<T>(string name, T byDefault) : TypeField(name)
{
    /// <summary>What holds where it is missing.</summary>
    public T Default => byDefault;

    /// <summary>The field of that data, the default where it is missing or null. Throws <see cref="FieldException"/> for a wrong value.</summary>
    public T Read(JsonElement data) => Given(data, Name) is { } value ? Parse(value, Name) : Default;

    /// <summary>As <see cref="Read"/>, and the default for a wrong value as well.</summary>
    public T ReadOrDefault(JsonElement data)
    {
        try
        {
            return Read(data);
        }
        catch (FieldException)
        {
            return Default;
        }
    }

    /// <inheritdoc />
    public sealed override void Check(JsonElement value, string path) => Parse(value, path);

    /// <summary>The value; throws <see cref="FieldException"/> where it breaks the rule.</summary>
    protected abstract T Parse(JsonElement value, string path);
}
