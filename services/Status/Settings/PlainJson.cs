using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.ServiceDefaults;

namespace Kener.Status.Settings;

/// <summary>JSON that a client sent, as a tree that can be kept.</summary>
internal static class PlainJson
{
    /// <summary>
    /// The value without what no database can store (400), and without names that come twice: the last one counts, as everywhere else. A
    /// tree takes them in and breaks when it is looked at.
    /// </summary>
    public static JsonNode? ToNode(this JsonElement value)
    {
        value.RawJson();
        return Tree(value);
    }

    private static JsonNode? Tree(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(Tree)]);
            case JsonValueKind.Object:
                var fields = new JsonObject();
                foreach (var field in value.EnumerateObject()) fields[field.Name] = Tree(field.Value);
                return fields;
            default:
                return JsonNode.Parse(value.GetRawText());
        }
    }
}
