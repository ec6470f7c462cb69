using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;

namespace Kener.Status.Site.Settings;

/// <summary>A site setting of API v4: its type, its allowed values and its default.</summary>
/// <param name="Name">Its name in addresses.</param>
/// <param name="DataType">API v4's name of its type: string, number (stored as text) or object (any JSON).</param>
/// <param name="Takes">Whether a value is allowed.</param>
/// <param name="Default">The default as JSON; null if the key is missing until it is set.</param>
/// <param name="Longest">The maximum length in characters: of its text, or of its JSON as it is stored.</param>
internal sealed record SiteKey(string Name, string DataType, Func<JsonNode?, bool> Takes, string? Default, int Longest)
{
    /// <summary>The values of <see cref="Longest"/>: for names and addresses, for markup and styles, and for JSON.</summary>
    public const int Line = 2_048, Markup = 100_000, Json = 65_536;

    /// <summary>Validates and returns the value that a client sent; 400 if it is not allowed.</summary>
    public JsonNode Checked(JsonElement value)
    {
        var node = DataType == "object" ? value.ToNode() : TextOf(value);
        if (node is null || !Takes(node)) throw Wrong();
        return DataType != "object" || node.ToJsonString().Length <= Longest ? node
            : throw Refusal.BadRequest($"Value for config key '{Name}' must not be longer than {Longest} characters of JSON");
    }

    /// <summary>Returns the default; null if there is none.</summary>
    public JsonNode? DefaultValue() => Default is null ? null : JsonNode.Parse(Default);

    /// <summary>Returns the value as text: numbers and booleans are converted, as in the original; anything else is 400.</summary>
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
