using System.Text.Json;

namespace Kener.Contracts;

/// <summary>A field of <c>type_data</c>: its rule, whether it is required, and which parts of it are secret.</summary>
/// <param name="name">The field's name in JSON.</param>
public abstract class TypeField(string name)
{
    /// <summary>The field's name in JSON.</summary>
    public string Name => name;

    /// <summary>Whether a monitor cannot be checked without the field.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether only callers with the permission monitors.write see the value.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether any part of the value is secret.</summary>
    public virtual bool HasSecret => IsSecret;

    /// <summary>Throws <see cref="FieldException"/> if the value breaks the field's rule.</summary>
    public abstract void Check(JsonElement value, string path);

    /// <summary>Returns the field of that name; null if it is missing or null.</summary>
    internal static JsonElement? Given(JsonElement data, string name) =>
        data.ValueKind == JsonValueKind.Object && data.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>Returns the path of what is required and missing in the value; null if nothing is.</summary>
    internal virtual string? Missing(JsonElement? value, string path) => IsRequired && (value is not { } given || IsEmpty(given)) ? path : null;

    /// <summary>Returns the value with a mask in place of each secret.</summary>
    internal virtual JsonElement Masked(JsonElement value) => IsSecret && !IsEmpty(value) ? TypeSecrets.MaskValue : value;

    /// <summary>
    /// Returns the value with the stored secret in place of each mask. Throws <see cref="FieldException"/> for a mask without a stored secret.
    /// </summary>
    internal JsonElement Unmasked(JsonElement given, JsonElement? stored, string path)
    {
        if (!HasSecret) return given;
        if (stored is { } before && JsonElement.DeepEquals(given, Masked(before))) return before;
        return UnmaskedPart(given, stored, path);
    }

    /// <summary>As <see cref="Unmasked"/>, for a value that is not the masked form of the whole stored value.</summary>
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
    /// <summary>The value that applies if the field is missing.</summary>
    public T Default => byDefault;

    /// <summary>Reads the field; returns the default if it is missing or null. Throws <see cref="FieldException"/> for an invalid value.</summary>
    public T Read(JsonElement data) => Given(data, Name) is { } value ? Parse(value, Name) : Default;

    /// <summary>As <see cref="Read"/>, but returns the default for an invalid value as well.</summary>
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

    /// <summary>Parses the value; throws <see cref="FieldException"/> if it breaks the rule.</summary>
    protected abstract T Parse(JsonElement value, string path);
}
