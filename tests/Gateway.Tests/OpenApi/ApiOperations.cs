using System.Globalization;
using Kener.Gateway.Routes;
using Kener.ServiceDefaults.OpenApi;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Kener.Gateway.Tests.OpenApi;

/// <summary>Completes an operation from its endpoint's metadata and the gateway's route table.</summary>
internal static class ApiOperations
{
    public static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var route = RouteTable.Kener.Find("/" + context.Description.RelativePath) ?? throw new InvalidOperationException($"{context.Description.RelativePath} is not in the route table");
        await DescribeParametersAsync(operation, context, metadata, cancel);
        if (metadata.OfType<RequestBody>().LastOrDefault() is { } body) operation.RequestBody = await BodyAsync(body, context, cancel);

        foreach (var success in operation.Responses!.Values.OfType<OpenApiResponse>()) success.Description += ".";
        var errors = operation.Responses.Keys.Select(status => int.Parse(status, CultureInfo.InvariantCulture)).Where(status => status >= 400).ToList();
        errors.Add(StatusCodes.Status503ServiceUnavailable);
        if (operation.RequestBody is not null) errors.Add(StatusCodes.Status413PayloadTooLarge);
        if (route.Access == Access.Key)
        {
            errors.AddRange([StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests]);
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiErrors.Scheme, context.Document)] = [] }];
            var permission = metadata.OfType<IAuthorizeData>().Select(data => data.Policy).OfType<string>().Single();
            operation.Description = $"{operation.Description}\n\nRequires the permission `{permission}`.".Trim();
        }
        foreach (var error in errors) operation.Responses.Remove(error.ToString(CultureInfo.InvariantCulture));
        foreach (var error in errors.Order())
            operation.Responses[error.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponseReference(ApiErrors.All[error].Name, context.Document);
    }

    private static async Task DescribeParametersAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, IList<object> metadata, CancellationToken cancel)
    {
        var parameters = new List<IOpenApiParameter>();
        foreach (var path in metadata.OfType<PathParameter>().Where(path => context.Description.RelativePath!.Contains($"{{{path.Name}}}", StringComparison.Ordinal)))
            parameters.Add(await ParameterAsync(path.DocumentName, ParameterLocation.Path, path.Type, path.Description, required: true));
        foreach (var query in metadata.OfType<QueryParameter>())
            parameters.Add(await ParameterAsync(query.Name, ParameterLocation.Query, query.Type, query.Description, query.Required));
        var undescribed = (operation.Parameters ?? []).Where(read => read.In == ParameterLocation.Query && parameters.All(known => known.Name != read.Name)).Select(read => read.Name);
        Assert.Empty(undescribed);
        operation.Parameters = parameters.Count == 0 ? null : parameters;

        async Task<OpenApiParameter> ParameterAsync(string name, ParameterLocation location, Type type, string description, bool required) => new()
        {
            Name = name,
            In = location,
            Required = required,
            Description = description,
            Schema = await context.GetOrCreateSchemaAsync(type, null, cancel),
        };
    }

    private static async Task<OpenApiRequestBody> BodyAsync(RequestBody body, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        IOpenApiSchema schema = await ApiSchemas.ReferenceAsync(body.Type, context, cancel);
        if (body.Required.Count > 0) schema = new OpenApiSchema { AllOf = [schema], Required = body.Required.ToHashSet() };
        return new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = schema } },
        };
    }
}
