using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults.OpenApi;

/// <summary>
/// Describes endpoints for the OpenAPI documents, as metadata that is not read at run time and does not change how requests are handled.
/// ASP.NET's own <c>Accepts</c> would return 415 (Behavior: API-3). A test generates the documents that the gateway serves.
/// </summary>
public static class EndpointDescription
{
    private static readonly string[] Json = ["application/json"];

    /// <summary>
    /// Adds the operation's id, a summary, the response, and the status codes of errors that the endpoint itself returns. Errors that any route can
    /// return are added from the gateway's route table.
    /// </summary>
    public static T Describe<T>(this T endpoint, string name, string summary, Answers answers) where T : IEndpointConventionBuilder
    {
        endpoint.WithName(name).WithSummary(summary);
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(answers.Status, answers.Type, Json));
        foreach (var error in answers.Errors) endpoint.WithMetadata(new ProducesResponseTypeMetadata(error, typeof(ErrorAnswer), Json));
        return endpoint;
    }

    /// <summary>Adds a path parameter: its name in the route and, if different, its name in the document.</summary>
    public static T WithPath<T>(this T endpoint, string name, Type type, string description, string? documentName = null) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new PathParameter(name, documentName ?? name, type, description));

    /// <summary>Adds a query parameter.</summary>
    public static T WithQuery<T>(this T endpoint, string name, Type type, string description, bool required = false) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new QueryParameter(name, type, description, required));

    /// <summary>Adds the request body and the fields of it that this endpoint requires.</summary>
    public static T WithBody<T>(this T endpoint, Type type, params string[] required) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new RequestBody(type, required));
}

/// <summary>The responses of an endpoint: the type and status code of its success, and the status codes of its own errors.</summary>
public sealed record Answers(Type Type, int Status, IReadOnlyList<int> Errors)
{
    /// <summary>Returns 200 with that type.</summary>
    public static Answers Ok<T>(params int[] errors) => new(typeof(T), StatusCodes.Status200OK, errors);

    /// <summary>Returns 201 with that type.</summary>
    public static Answers Created<T>(params int[] errors) => new(typeof(T), StatusCodes.Status201Created, errors);
}

/// <summary>A path parameter.</summary>
public sealed record PathParameter(string Name, string DocumentName, Type Type, string Description);

/// <summary>A query parameter.</summary>
public sealed record QueryParameter(string Name, Type Type, string Description, bool Required);

/// <summary>A request body.</summary>
public sealed record RequestBody(Type Type, IReadOnlyList<string> Required);

/// <summary>Names the type that describes a property whose own type is arbitrary JSON.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ShapeAttribute(Type type) : Attribute
{
    /// <summary>The type that describes the property.</summary>
    public Type Type => type;
}

/// <summary>The body of every error response.</summary>
public sealed record ErrorAnswer(ErrorDetail Error);

/// <summary>An error: a code for programs and a message for people.</summary>
public sealed record ErrorDetail(string Code, string Message);

/// <summary>A response with only a message that says what was done.</summary>
public sealed record MessageAnswer(string Message);
