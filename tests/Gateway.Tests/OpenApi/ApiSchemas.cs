using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Kener.ServiceDefaults.OpenApi;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Kener.Gateway.Tests.OpenApi;

/// <summary>Completes the schemas from the attributes of properties.</summary>
internal static class ApiSchemas
{
    private static readonly string[] Suffixes = ["Response", "Answer", "Shape"];

    /// <summary>Returns the name of a type in the documents: without its suffix.</summary>
    public static string? NameOf(JsonTypeInfo type) => !IsOurs(type.Type) || type.Type.IsEnum ? null : type.Type switch
    {
        _ when type.Type == typeof(ErrorAnswer) => "Error",
        { Name: "Answer", DeclaringType: { } declaring } => declaring.Name,
        var named => Suffixes.FirstOrDefault(suffix => named.Name.EndsWith(suffix, StringComparison.Ordinal)) is { } suffix ? named.Name[..^suffix.Length] : named.Name,
    };

    public static async Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        if (IsOurs(context.JsonTypeInfo.Type) && context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object) schema.Required = RequiredOf(context.JsonTypeInfo);
        if (context.JsonPropertyInfo?.AttributeProvider is not { } property) return;
        // The property is omitted when it is null, so its value is never null.
        if (Find<JsonIgnoreAttribute>(property) is not null) schema.Type &= ~JsonSchemaType.Null;
        if (Find<AllowedValuesAttribute>(property) is { } allowed) schema.Enum = [.. allowed.Values.Select(value => value is null ? JsonNullSentinel.JsonNull : JsonValue.Create((string)value)!)];
        if (schema.Enum is { Count: > 0 } words && schema.Type?.HasFlag(JsonSchemaType.Null) is true && !words.Any(JsonNullSentinel.IsJsonNullSentinel)) words.Add(JsonNullSentinel.JsonNull);
        if (schema.Description is null && property is PropertyInfo field && InputFields.IsInput(field.DeclaringType!)) schema.Description = InputFields.CommentOf(field);
        if (Find<ShapeAttribute>(property) is not { } shape) return;
        var described = await context.GetOrCreateSchemaAsync(shape.Type, null, cancel);
        schema.Type = context.JsonPropertyInfo.IsGetNullable ? JsonSchemaType.Object | JsonSchemaType.Null : JsonSchemaType.Object;
        schema.Properties = described.Properties;
        schema.AdditionalProperties = new OpenApiSchema();
    }

    public static async Task<IOpenApiSchema> ReferenceAsync(Type type, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var schema = await context.GetOrCreateSchemaAsync(type, null, cancel);
        context.Document!.AddComponent(type.Name, schema);
        return new OpenApiSchemaReference(type.Name, context.Document);
    }

    /// <summary>Returns the required fields: in a response, all that are not omitted when null. Those of a body depend on the endpoint.</summary>
    private static HashSet<string> RequiredOf(JsonTypeInfo type)
    {
        var isAnswer = !type.Type.Name.EndsWith("Body", StringComparison.Ordinal) && !InputFields.IsInput(type.Type)
            && !type.Type.Name.EndsWith("Shape", StringComparison.Ordinal);
        return [.. type.Properties.Where(IsRequired).Select(property => property.Name)];

        bool IsRequired(JsonPropertyInfo property) => property.AttributeProvider is { } attributes
            && (isAnswer ? Find<JsonIgnoreAttribute>(attributes) is null : Find<RequiredAttribute>(attributes) is not null);
    }

    private static bool IsOurs(Type type) => type.Namespace?.StartsWith("Kener.", StringComparison.Ordinal) is true;

    private static T? Find<T>(ICustomAttributeProvider provider) where T : Attribute => provider.GetCustomAttributes(typeof(T), false).OfType<T>().FirstOrDefault();
}
