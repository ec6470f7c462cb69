using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.ServiceDefaults.Json;

namespace Kener.Status.Site.Settings;

/// <summary>Converts JSON that a client sent to a tree that can be stored.</summary>
internal static class PlainJson
{
    /// <summary>
    /// Returns the value as a tree; 400 for text that no database can store. Of repeated names the last one counts, as everywhere else: a tree parsed
    /// with repeated names would throw when it is read.
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
