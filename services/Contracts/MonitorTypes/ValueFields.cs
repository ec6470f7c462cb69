using System.Globalization;
using System.Text.Json;

namespace Kener.Contracts;

/// <summary>A text.</summary>
public sealed class TextField(string name, string byDefault = "") : TypeField<string>(name, byDefault)
{
    /// <summary>Returns what a valid text is, as an instruction such as "give a host name"; null if the text is valid.</summary>
    public Func<string, string?> Rule { get; init; } = _ => null;

    /// <summary>Returns the text with a mask in place of its secret part; null if the field has no such part.</summary>
    public Func<string, string>? MaskPart { get; init; }

    /// <inheritdoc />
    public override bool HasSecret => IsSecret || MaskPart is not null;

    /// <inheritdoc />
    protected override string Parse(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.String) throw new FieldException(path, "give a text");
        var text = value.GetString()!;
        return Rule(text) is { } rule ? throw new FieldException(path, rule) : text;
    }

    internal override JsonElement Masked(JsonElement value) =>
        MaskPart is not null && value.ValueKind == JsonValueKind.String ? TypeSecrets.Text(MaskPart(value.GetString()!)) : base.Masked(value);

    private protected override bool HasMask(JsonElement value) =>
        base.HasMask(value) || (MaskPart is not null && value.ValueKind == JsonValueKind.String && value.GetString()!.Contains(TypeSecrets.Mask, StringComparison.Ordinal));
}

/// <summary>One of several words, regardless of case.</summary>
public sealed class ChoiceField(string name, string byDefault, params string[] choices) : TypeField<string>(name, byDefault)
{
    /// <summary>The words.</summary>
    public IReadOnlyList<string> Choices => choices;

    /// <inheritdoc />
    protected override string Parse(JsonElement value, string path) =>
        value.ValueKind == JsonValueKind.String && Array.Find(choices, choice => choice.Equals(value.GetString()!.Trim(), StringComparison.OrdinalIgnoreCase)) is { } word
            ? word : throw new FieldException(path, $"give one of {string.Join(", ", choices)}");
}

/// <summary>A finite number, which may be given as text.</summary>
public sealed class NumberField(string name, double byDefault, double least, double most) : TypeField<double>(name, byDefault)
{
    /// <inheritdoc />
    protected override double Parse(JsonElement value, string path) =>
        ReadNumber(value) is var number && number >= least && number <= most ? number
            : throw new FieldException(path, string.Create(CultureInfo.InvariantCulture, $"give a number from {least:0.###} to {most:0.###}"));

    internal static double ReadNumber(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetDouble(out var plain) => plain,
        JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var written) => written,
        _ => double.NaN,
    };
}

/// <summary>A whole number, which may be given as text.</summary>
public sealed class WholeField(string name, int byDefault, int least, int most) : TypeField<int>(name, byDefault)
{
    /// <inheritdoc />
    protected override int Parse(JsonElement value, string path) =>
        NumberField.ReadNumber(value) is var number && number >= least && number <= most && double.IsInteger(number) ? (int)number
            : throw new FieldException(path, $"give a whole number from {least} to {most}");
}

/// <summary>True or false, which may be given as text.</summary>
public sealed class FlagField(string name, bool byDefault) : TypeField<bool>(name, byDefault)
{
    /// <inheritdoc />
    protected override bool Parse(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when bool.TryParse(value.GetString(), out var flag) => flag,
        _ => throw new FieldException(path, "give true or false"),
    };
}
