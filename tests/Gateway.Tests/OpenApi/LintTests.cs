using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kener.Gateway.Routes;

namespace Kener.Gateway.Tests.OpenApi;

public sealed partial class LintTests
{
    private static readonly string[] OddWords = ["nobody", "whoever", "told", " who ", "can not", "hears", " his "];

    private static readonly int[] OfTheGateway = [401, 403, 429];

    [Theory, InlineData("v4"), InlineData("v5")]
    public void Every_operation_is_complete(string version)
    {
        var document = new CommittedDocument(version);
        var tags = document.Root["tags"]!.AsArray().Select(tag => tag!["name"]!.GetValue<string>()).ToList();
        None(document.Operations.SelectMany(operation => Faults(document, operation, tags).Select(fault => $"{operation.Method} {operation.Path}: {fault}")));
        Assert.Distinct(document.Operations.Select(operation => operation.Id));
        Assert.Equal(tags.Order(), document.Operations.SelectMany(operation => Texts(operation.Node["tags"])).Distinct().Order());
    }

    private static IEnumerable<string> Faults(CommittedDocument document, CommittedDocument.Operation operation, List<string> tags)
    {
        var node = operation.Node;
        if (node["operationId"] is null) yield return "has no operationId";
        if (node["summary"] is null) yield return "has no summary";
        if (Texts(node["tags"]) is not [var tag] || !tags.Contains(tag)) yield return "does not have exactly one tag that the document lists";
        var stated = (node["parameters"] as JsonArray ?? []).Where(parameter => parameter!["in"]!.GetValue<string>() == "path").ToList();
        if (!Parameter().Matches(operation.Path).Select(match => match.Groups[1].Value).Order().SequenceEqual(stated.Select(parameter => parameter!["name"]!.GetValue<string>()).Order()))
            yield return "does not describe the parameters of its path";
        if ((node["parameters"] as JsonArray ?? []).Any(parameter => parameter!["schema"]?["type"] is null || parameter["description"] is null)) yield return "has a parameter without a type or description";
        if (operation.Method is "POST" or "PATCH" && !operation.Path.EndsWith("/replay", StringComparison.Ordinal) && document.BodyOf(operation) is null) yield return "has no body";

        var statuses = node["responses"]!.AsObject().Select(answer => int.Parse(answer.Key, CultureInfo.InvariantCulture)).ToList();
        if (!statuses.Exists(status => status < 300)) yield return "has no success";
        foreach (var status in statuses)
        {
            var schema = document.AnswerOf(operation, status);
            if (schema is null) yield return $"{status} has no schema";
            else if (status >= 400 && schema["$ref"]?.GetValue<string>() != "#/components/schemas/Error") yield return $"{status} does not have the schema of errors";
        }
        var demands = RouteTable.Kener.Find(operation.Path)!.Access == Access.Key;
        if (demands != (node["security"] is JsonArray { Count: 1 })) yield return "has other security than the route table";
        if (demands && !OfTheGateway.All(statuses.Contains)) yield return "lacks an error response of the gateway";
        if (demands && node["description"]?.GetValue<string>().Contains("Requires the permission `", StringComparison.Ordinal) is not true) yield return "does not name its permission";
    }

    [Theory, InlineData("v4"), InlineData("v5")]
    public void Exactly_the_routes_of_the_gateway_are_described(string version)
    {
        var routes = RouteTable.Kener.All.Where(route => route.Pattern.StartsWith($"/api/{version}/", StringComparison.Ordinal))
            .SelectMany(route => route.Methods.Select(method => $"{method} {Parameter().Replace(route.Pattern, "{}")}"));
        var described = new CommittedDocument(version).Operations.Select(operation => $"{operation.Method} {Parameter().Replace(operation.Path, "{}")}");
        Assert.Equal(routes.Order(), described.Order());
    }

    [Theory, InlineData("v4"), InlineData("v5")]
    public void Every_reference_has_a_target_and_every_component_is_used(string version)
    {
        var document = new CommittedDocument(version);
        var references = Nodes(document.Root).Where(node => node.ContainsKey("$ref")).ToList();
        Assert.All(references, node => Assert.NotEmpty(document.Resolve(node)));
        var used = references.Select(node => node["$ref"]!.GetValue<string>()).ToHashSet();
        None(from kind in document.Root["components"]!.AsObject()
             where kind.Key != "securitySchemes"
             from component in kind.Value!.AsObject()
             let address = $"#/components/{kind.Key}/{component.Key}"
             where !used.Contains(address)
             select $"nothing refers to {address}");
    }

    [Theory, InlineData("v4"), InlineData("v5")]
    public void Summaries_and_descriptions_are_plain_English(string version)
    {
        var nodes = Nodes(new CommittedDocument(version).Root).ToList();
        None(nodes.Select(node => node["summary"]).OfType<JsonValue>().Select(value => value.GetValue<string>())
            .Where(text => !char.IsUpper(text[0]) || text.EndsWith('.') || text.Length > 60).Select(text => $"summary: {text}"));
        var descriptions = nodes.Select(node => node["description"]).OfType<JsonValue>().Select(value => value.GetValue<string>()).ToList();
        None(descriptions.Where(text => !char.IsUpper(text[0]) || !text.EndsWith('.') || text.Any(letter => letter > 126)).Select(text => $"description: {text}"));
        None(descriptions.Where(text => OddWords.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase))));
    }

    /// <summary>Returns all objects in the node, without the maps of schema properties, because their keys are names and not keywords.</summary>
    private static IEnumerable<JsonObject> Nodes(JsonNode? node) => node switch
    {
        JsonObject container => container.SelectMany(pair => pair.Key == "properties" ? pair.Value!.AsObject().SelectMany(field => Nodes(field.Value)) : Nodes(pair.Value)).Prepend(container),
        JsonArray items => items.SelectMany(Nodes),
        _ => [],
    };

    private static List<string> Texts(JsonNode? list) => [.. (list as JsonArray ?? []).Select(text => text!.GetValue<string>())];

    private static void None(IEnumerable<string> faults)
    {
        var list = faults.Distinct().ToList();
        Assert.True(list.Count == 0, string.Join('\n', list.Prepend("")));
    }

    [GeneratedRegex(@"\{([^}]*)\}")]
    private static partial Regex Parameter();
}
