using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults;

/// <summary>
/// Describes endpoints for the OpenAPI documents, by metadata alone: nothing of it is read while Kener runs, and no request is treated otherwise
/// for it. ASP.NET's own <c>Accepts</c> would answer 415 (Behavior: API-3). A test makes the documents that the gateway serves.
/// </summary>
public static class EndpointDescription
{
    private static readonly string[] Json = ["application/json"];

    /// <summary>
    /// States the operation's id, a summary, the answer, and the statuses of errors that the endpoint itself returns. Errors that any route can
    /// have are added from the gateway's route table.
    /// </summary>
    public static T Describe<T>(this T endpoint, string name, string summary, Answers answers) where T : IEndpointConventionBuilder
    {
        endpoint.WithName(name).WithSummary(summary);
        endpoint.WithMetadata(new ProducesResponseTypeMetadata(answers.Status, answers.Type, Json));
        foreach (var error in answers.Errors) endpoint.WithMetadata(new ProducesResponseTypeMetadata(error, typeof(ErrorAnswer), Json));
        return endpoint;
    }

    /// <summary>States a parameter of the path: its name in the route, and, where it differs, its name in the document.</summary>
    public static T WithPath<T>(this T endpoint, string name, Type type, string description, string? documentName = null) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new PathParameter(name, documentName ?? name, type, description));

    /// <summary>States a parameter of the query.</summary>
    public static T WithQuery<T>(this T endpoint, string name, Type type, string description, bool required = false) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new QueryParameter(name, type, description, required));

    /// <summary>States the body of the request, and which of its fields this endpoint requires.</summary>
    public static T WithBody<T>(this T endpoint, Type type, params string[] required) where T : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new RequestBody(type, required));
}

/// <summary>What an endpoint answers: the type and status of its success, and the statuses of its own errors.</summary>
public sealed record Answers(Type Type, int Status, IReadOnlyList<int> Errors)
{
    /// <summary>200 with that type.</summary>
    public static Answers Ok<T>(params int[] errors) => new(typeof(T), StatusCodes.Status200OK, errors);

    /// <summary>201 with that type.</summary>
    public static Answers Created<T>(params int[] errors) => new(typeof(T), StatusCodes.Status201Created, errors);
}

/// <summary>A parameter of the path.</summary>
public sealed record PathParameter(string Name, string DocumentName, Type Type, string Description);

/// <summary>A parameter of the query.</summary>
public sealed record QueryParameter(string Name, Type Type, string Description, bool Required);

/// <summary>The body of a request.</summary>
public sealed record RequestBody(Type Type, IReadOnlyList<string> Required);

/// <summary>Names the type that describes a property whose own type is arbitrary JSON.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ShapeAttribute(Type type) : Attribute
{
    /// <summary>The type that describes it.</summary>
    public Type Type => type;
}

/// <summary>The shape of every error.</summary>
public sealed record ErrorAnswer(ErrorDetail Error);

/// <summary>An error: a code for programs and a message for people.</summary>
public sealed record ErrorDetail(string Code, string Message);

/// <summary>An answer that only says what was done.</summary>
public sealed record MessageAnswer(string Message);
