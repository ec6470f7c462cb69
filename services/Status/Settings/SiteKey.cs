using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.ServiceDefaults;

namespace Kener.Status.Settings;

/// <summary>A setting of the site that API v4 knows: what it may hold, and what it is where nobody set it.</summary>
/// <param name="Name">Its name in addresses.</param>
/// <param name="DataType">API v4's word for its type: string, number (kept as text) or object (any JSON).</param>
/// <param name="Takes">Whether it may hold that value.</param>
/// <param name="Default">As JSON; null where the key is not there before it is set.</param>
internal sealed record SiteKey(string Name, string DataType, Func<JsonNode?, bool> Takes, string? Default)
{
    public const int LongestText = 100_000;

    /// <summary>The value that a client sent; 400 for one that this key can not hold.</summary>
    public JsonNode Checked(JsonElement value)
    {
        var node = DataType == "object" ? value.ToNode() : TextOf(value);
        return node is not null && Takes(node) ? node : throw Wrong();
    }

    /// <summary>What it holds where nobody set it.</summary>
    public JsonNode? DefaultValue() => Default is null ? null : JsonNode.Parse(Default);

    /// <summary>Whatever is no text becomes one, as in the original; what has no plain text is refused.</summary>
    private JsonValue TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => JsonValue.Create(value.Text("", LongestText)),
        JsonValueKind.Number => JsonValue.Create(value.GetRawText()),
        JsonValueKind.True => JsonValue.Create("true"),
        JsonValueKind.False => JsonValue.Create("false"),
        _ => throw Wrong(),
    };

    private Refusal Wrong() => Refusal.BadRequest($"Invalid value for config key '{Name}'");
}
