using System.Globalization;
using System.Text.Json.Nodes;

namespace Kener.Gateway.Tests.OpenApi;

/// <summary>An OpenAPI document as the gateway serves it.</summary>
internal sealed class CommittedDocument
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete"];
    private readonly JsonObject _root;

    public CommittedDocument(string version)
    {
        using var resource = typeof(GatewayModule).Assembly.GetManifestResourceStream(version + ".json")!;
        _root = JsonNode.Parse(resource)!.AsObject();
        Operations = [.. from path in _root["paths"]!.AsObject()
                         from operation in path.Value!.AsObject()
                         where Methods.Contains(operation.Key)
                         select new Operation(path.Key, operation.Key.ToUpperInvariant(), operation.Value!.AsObject())];
    }

    public IReadOnlyList<Operation> Operations { get; }

    public JsonObject Root => _root;

    /// <summary>Returns the operation that handles a request; null if the document has none.</summary>
    public Operation? Find(string method, string path)
    {
        var segments = path.Split('?')[0].Split('/');
        return Operations.FirstOrDefault(operation => operation.Method == method && operation.Path.Split('/') is var pattern && pattern.Length == segments.Length
            && pattern.Zip(segments).All(pair => pair.First == pair.Second || pair.First.StartsWith('{')));
    }

    /// <summary>Returns the node, or the target of its $ref.</summary>
    public JsonObject Resolve(JsonObject node)
    {
        if (node["$ref"] is not { } reference) return node;
        var text = reference.GetValue<string>();
        if (!text.StartsWith("#/", StringComparison.Ordinal)) throw new InvalidDataException($"{text} refers to another document");
        var target = text[2..].Split('/').Aggregate((JsonNode?)_root, (parent, name) => parent?[name.Replace("~1", "/", StringComparison.Ordinal)]);
        return target as JsonObject ?? throw new InvalidDataException($"{text} refers to a component that does not exist");
    }

    /// <summary>Returns the schema of the response with that status code; null if the operation has none.</summary>
    public JsonObject? AnswerOf(Operation operation, int status) =>
        operation.Node["responses"]![status.ToString(CultureInfo.InvariantCulture)] is JsonObject answer ? SchemaOf(Resolve(answer)) : null;

    public JsonObject? BodyOf(Operation operation) => operation.Node["requestBody"] is JsonObject body ? SchemaOf(Resolve(body)) : null;

    private static JsonObject? SchemaOf(JsonObject content) => content["content"]?["application/json"]?["schema"] as JsonObject;

    internal sealed record Operation(string Path, string Method, JsonObject Node)
    {
        public string Id => Node["operationId"]?.GetValue<string>() ?? $"{Method} {Path}";
    }
}
