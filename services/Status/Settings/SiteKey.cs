using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.ServiceDefaults;

namespace Kener.Status.Settings;

/// <summary>A setting of the site that API v4 knows: what it may hold, and what it is where nobody set it.</summary>
/// <param name="Name">Its name in addresses.</param>
/// <param name="DataType">API v4's word for its type: string, number (kept as text) or object (any JSON).</param>
/// <param name="Takes">Whether it may hold that value.</param>
/// <param name="Default">As JSON; null where the key is not there before it is set.</param>
/// <param name="Longest">The most characters that it may hold: of its text, or of its JSON as it is stored.</param>
internal sealed record SiteKey(string Name, string DataType, Func<JsonNode?, bool> Takes, string? Default, int Longest)
{
    /// <summary>What <see cref="Longest"/> is for names and addresses, for texts that are markup or style, and for JSON.</summary>
    public const int Line = 2_048, Markup = 100_000, Json = 65_536;

    /// <summary>The value that a client sent; 400 for one that this key can not hold.</summary>
    public JsonNode Checked(JsonElement value)
    {
        var node = DataType == "object" ? value.ToNode() : TextOf(value);
        if (node is null || !Takes(node)) throw Wrong();
        return DataType != "object" || node.ToJsonString().Length <= Longest ? node
            : throw Refusal.BadRequest($"Value for config key '{Name}' must not be longer than {Longest} characters of JSON");
    }

    /// <summary>What it holds where nobody set it.</summary>
    public JsonNode? DefaultValue() => Default is null ? null : JsonNode.Parse(Default);

    /// <summary>Whatever is no text becomes one, as in the original; what has no plain text is refused.</summary>
    private JsonValue TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => JsonValue.Create(value.Text("", Longest)),
        JsonValueKind.Number when value.GetRawText() is { } digits =>
            digits.Length <= Longest ? JsonValue.Create(digits) : throw Refusal.BadRequest($"Text must not be longer than {Longest} characters"),
        JsonValueKind.True => JsonValue.Create("true"),
        JsonValueKind.False => JsonValue.Create("false"),
        _ => throw Wrong(),
    };

    private Refusal Wrong() => Refusal.BadRequest($"Invalid value for config key '{Name}'");
}
