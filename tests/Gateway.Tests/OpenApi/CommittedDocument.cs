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

    /// <summary>The operation that answers to a request; null where the document has none.</summary>
    public Operation? Find(string method, string path)
    {
        var segments = path.Split('?')[0].Split('/');
        return Operations.FirstOrDefault(operation => operation.Method == method && operation.Path.Split('/') is var pattern && pattern.Length == segments.Length
            && pattern.Zip(segments).All(pair => pair.First == pair.Second || pair.First.StartsWith('{')));
    }

    /// <summary>The node itself, or what its $ref names.</summary>
    public JsonObject Resolve(JsonObject node)
    {
        if (node["$ref"] is not { } reference) return node;
        var text = reference.GetValue<string>();
        if (!text.StartsWith("#/", StringComparison.Ordinal)) throw new InvalidDataException($"{text} leads out of the document");
        var target = text[2..].Split('/').Aggregate((JsonNode?)_root, (parent, name) => parent?[name.Replace("~1", "/", StringComparison.Ordinal)]);
        return target as JsonObject ?? throw new InvalidDataException($"{text} leads nowhere");
    }

    /// <summary>The schema of an answer with that status; null where the operation states none.</summary>
    public JsonObject? AnswerOf(Operation operation, int status) =>
        operation.Node["responses"]![status.ToString(CultureInfo.InvariantCulture)] is JsonObject answer ? SchemaOf(Resolve(answer)) : null;

    public JsonObject? BodyOf(Operation operation) => operation.Node["requestBody"] is JsonObject body ? SchemaOf(Resolve(body)) : null;

    private static JsonObject? SchemaOf(JsonObject content) => content["content"]?["application/json"]?["schema"] as JsonObject;

    internal sealed record Operation(string Path, string Method, JsonObject Node)
    {
        public string Id => Node["operationId"]?.GetValue<string>() ?? $"{Method} {Path}";
    }
}
