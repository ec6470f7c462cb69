using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Kener.ServiceDefaults.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Kener.Gateway.Tests.OpenApi;

/// <summary>Generates an OpenAPI document from the endpoints of all services.</summary>
internal static class ApiDocument
{
    private static readonly Dictionary<string, (string Description, (string Name, string Description)[] Tags)> Versions = new()
    {
        ["v4"] = ("Monitors, incidents, pages and settings of a status page. Times are Unix seconds unless a field says otherwise; created_at and updated_at are ISO 8601 in UTC.",
        [
            ("Monitors", "What is checked."), ("Monitor Data", "The recorded minutes of a monitor."), ("Incidents", "Incidents and the monitors that they affect."),
            ("Incident Comments", "The updates that are posted on an incident."), ("Pages", "Status pages."), ("Site", "Settings of the site."),
        ]),
        ["v5"] = ("What API v4 does not have. Times are Unix seconds unless a field says otherwise; created_at and updated_at are ISO 8601 in UTC.",
            [("API Keys", "Keys that authenticate requests."), ("Dead Letters", "Events that could not be delivered or processed.")]),
    };

    public static void AddApiDocument(this IServiceCollection services, string version)
    {
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseUpper));
            json.SerializerOptions.TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { InputFields.Unwrap } };
        });
        services.AddEndpointsApiExplorer();
        DescribedEndpoints.AddTo(services);
        services.AddOpenApi(version, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith($"api/{version}/", StringComparison.Ordinal) is true;
            options.CreateSchemaReferenceId = ApiSchemas.NameOf;
            options.AddSchemaTransformer(ApiSchemas.DescribeAsync);
            options.AddOperationTransformer(ApiOperations.DescribeAsync);
            options.AddDocumentTransformer((document, context, _) => CompleteAsync(document, context, version));
        });
    }

    public static async Task<string> WriteAsync(IServiceProvider services, string version, CancellationToken cancel)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(version).GetOpenApiDocumentAsync(cancel);
        return await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancel) + "\n";
    }

    private static async Task CompleteAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, string version)
    {
        var (description, tags) = Versions[version];
        document.Info = new OpenApiInfo { Title = $"Kener API {version}", Version = $"{version[1..]}.0.0", Description = description };
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Tags = new HashSet<OpenApiTag>(tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.Description }));
        var error = await context.GetOrCreateSchemaAsync(typeof(ErrorAnswer));
        document.AddComponent("Error", error);
        var used = document.Paths.Values.SelectMany(path => path.Operations!.Values).SelectMany(operation => operation.Responses!.Keys).ToHashSet();
        foreach (var (status, response) in ApiErrors.All.Where(error => used.Contains(error.Key.ToString(CultureInfo.InvariantCulture))))
            document.AddComponent(response.Name, ApiErrors.Response(status, document));
        document.AddComponent(ApiErrors.Scheme, new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "API key",
            Description = "An API key that has the permission which the operation names.",
        });

        var names = context.DescriptionGroups.SelectMany(group => group.Items)
            .ToLookup(item => "/" + item.RelativePath!.TrimEnd('/'), item => item.ActionDescriptor.EndpointMetadata.OfType<PathParameter>());
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var renamed = names[path.TrimEnd('/')].First().Aggregate(path.TrimEnd('/'), (text, name) => text.Replace($"{{{name.Name}}}", $"{{{name.DocumentName}}}", StringComparison.Ordinal));
            paths.Add(renamed, item);
        }
        document.Paths = paths;
    }
}

/// <summary>The error responses of operations, with the name of each in the documents.</summary>
internal static class ApiErrors
{
    public const string Scheme = "bearerAuth";

    public static IReadOnlyDictionary<int, (string Name, string Description)> All { get; } = new Dictionary<int, (string, string)>
    {
        [StatusCodes.Status400BadRequest] = ("BadRequest", "The request is wrong. The message says why."),
        [StatusCodes.Status401Unauthorized] = ("Unauthorized", "The API key is missing or not valid."),
        [StatusCodes.Status403Forbidden] = ("Forbidden", "The API key does not have the permission."),
        [StatusCodes.Status404NotFound] = ("NotFound", "It does not exist."),
        [StatusCodes.Status409Conflict] = ("Conflict", "Its state does not allow this."),
        [StatusCodes.Status413PayloadTooLarge] = ("PayloadTooLarge", "The body is larger than the route allows."),
        [StatusCodes.Status429TooManyRequests] = ("TooManyRequests", "Too many requests. Send the next one after the time in Retry-After."),
        [StatusCodes.Status503ServiceUnavailable] = ("Unavailable", "A service or its database is unreachable. Send the request again later."),
    };

    public static OpenApiResponse Response(int status, OpenApiDocument document)
    {
        var response = new OpenApiResponse
        {
            Description = All[status].Description,
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference("Error", document) } },
        };
        if (status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["Retry-After"] = new OpenApiHeader { Description = "Seconds.", Schema = new OpenApiSchema { Type = JsonSchemaType.Integer } },
            };
        }
        return response;
    }
}
