using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kener.Gateway.Tests.OpenApi;

/// <summary>
/// Compares JSON with a schema: types, enums, required fields, items, bounds. A field that the schema does not list is a fault too, so that no
/// response has undocumented fields.
/// </summary>
internal sealed class SchemaCheck(CommittedDocument document)
{
    public IEnumerable<string> Faults(JsonObject schema, JsonNode? value, string path = "$")
    {
        schema = document.Resolve(schema);
        var all = (schema["allOf"]?.AsArray().Select(part => part!.AsObject()) ?? []).ToList();
        foreach (var part in all)
            foreach (var fault in Faults(part, value, path)) yield return fault;
        if (schema["oneOf"] is JsonArray one)
        {
            if (one.Count(part => !Faults(part!.AsObject(), value, path).Any()) != 1) yield return $"{path}: not exactly one of oneOf";
            yield break;
        }
        if (Types(schema) is { Count: > 0 } types && !types.Intersect(TypesOf(value)).Any()) yield return $"{path}: {value?.ToJsonString() ?? "null"} is none of {string.Join(", ", types)}";
        if (schema["enum"] is JsonArray words && !words.Any(word => JsonNode.DeepEquals(word, value))) yield return $"{path}: {value?.ToJsonString()} is not in the enum";
        foreach (var fault in Bounds(schema, value, path)) yield return fault;
        var inner = value switch
        {
            JsonObject fields => OfObject(schema, fields, path),
            JsonArray items when schema["items"] is JsonObject item => items.SelectMany((one, i) => Faults(item, one, $"{path}[{i}]")),
            _ => [],
        };
        foreach (var fault in inner) yield return fault;
    }

    private IEnumerable<string> OfObject(JsonObject schema, JsonObject fields, string path)
    {
        var known = schema["properties"] as JsonObject;
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()))
            if (!fields.ContainsKey(name)) yield return $"{path}: {name} is missing";
        foreach (var (name, value) in fields)
        {
            if (known?[name] is JsonObject property)
            {
                foreach (var fault in Faults(property, value, $"{path}.{name}")) yield return fault;
            }
            else if (known is not null && schema["additionalProperties"] is null or JsonValue)
            {
                yield return $"{path}: {name} is not described";
            }
        }
    }

    private static IEnumerable<string> Bounds(JsonObject schema, JsonNode? value, string path)
    {
        if (value is JsonArray items && schema["minItems"] is { } fewest && items.Count < fewest.GetValue<int>()) yield return $"{path}: too few items";
        if (value is not JsonValue plain) yield break;
        if (plain.TryGetValue<double>(out var number) && (number < schema["minimum"]?.GetValue<double>() || number > schema["maximum"]?.GetValue<double>()))
            yield return $"{path}: {number} is out of bounds";
        if (plain.TryGetValue<string>(out var text) && (text.Length < schema["minLength"]?.GetValue<int>() || text.Length > schema["maxLength"]?.GetValue<int>()))
            yield return $"{path}: the length of {text} is out of bounds";
    }

    private static List<string> Types(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(type => type!.GetValue<string>())],
        { } single => [single.GetValue<string>()],
        null => [],
    };

    private static string[] TypesOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => ["null"],
        JsonValueKind.Object => ["object"],
        JsonValueKind.Array => ["array"],
        JsonValueKind.String => ["string"],
        JsonValueKind.True or JsonValueKind.False => ["boolean"],
        _ => value.AsValue().GetValue<double>() is var number && double.IsInteger(number) ? ["integer", "number"] : ["number"],
    };
}
