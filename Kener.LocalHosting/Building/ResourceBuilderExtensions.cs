using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>What can be said of resources of several kinds.</summary>
public static class ResourceBuilderExtensions
{
    /// <summary>An environment variable.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value) where T : IResourceWithEnvironment =>
        builder.With(name, _ => new(value));

    /// <summary>An environment variable that holds an endpoint's address.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, EndpointReference endpointReference) where T : IResourceWithEnvironment =>
        builder.With(name, _ => new(endpointReference.Url));

    /// <summary>An environment variable that holds a parameter's value.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter) where T : IResourceWithEnvironment =>
        builder.With(name, parameter.Resource.GetValueAsync);

    /// <summary>Gives it the connection string, as <c>ConnectionStrings__{name}</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        builder.Resource.Annotations.Add(new UseAnnotation(source.Resource));
        return builder.With($"ConnectionStrings__{connectionName ?? source.Resource.Name}", async cancel =>
            await source.Resource.GetConnectionStringAsync(cancel)
            ?? (optional ? null : throw new DistributedApplicationException($"'{source.Resource.Name}' has no connection string")));
    }

    /// <summary>Lets it find the other by its name: <c>services__{name}__{endpoint}__{number}</c> for each of its addresses.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source) where TDestination : IResourceWithEnvironment
    {
        builder.Resource.Annotations.Add(new UseAnnotation(source.Resource));
        builder.Resource.Annotations.Add(new EnvironmentAnnotation((environment, _) =>
        {
            foreach (var endpoint in source.Resource.Annotations.OfType<EndpointAnnotation>())
                for (var i = 0; i < endpoint.Urls.Count; i++)
                    environment[$"services__{source.Resource.Name}__{endpoint.Name}__{i}"] = endpoint.Urls[i];
            return ValueTask.CompletedTask;
        }));
        return builder;
    }

    /// <summary>It listens. Several can be told apart by name.</summary>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, string? name = null) where T : IResourceWithEndpoints
    {
        if (builder.Resource.Find(name ?? "http") is not null)
            throw new DistributedApplicationException($"'{builder.Resource.Name}' has two endpoints of the name '{name ?? "http"}'");
        builder.Resource.Annotations.Add(new EndpointAnnotation { Name = name ?? "http", Port = port });
        return builder;
    }

    /// <summary>Changes an endpoint, or makes it.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<EndpointAnnotation> callback, bool createIfNotExists = true) where T : IResourceWithEndpoints
    {
        if (builder.Resource.Find(endpointName) is null && createIfNotExists) builder.WithHttpEndpoint(name: endpointName);
        if (builder.Resource.Find(endpointName) is { } endpoint) callback(endpoint);
        return builder;
    }

    /// <summary>Its endpoints are for others than the application's own parts.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>()) endpoint.IsExternal = true;
        return builder;
    }

    /// <summary>An endpoint, to speak of its address before that is known.</summary>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name) where T : IResourceWithEndpoints =>
        new(builder.Resource.Find(name) ?? throw new DistributedApplicationException($"'{builder.Resource.Name}' has no endpoint '{name}'"));

    /// <summary>Starts only when the other is ready.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency) where T : IResourceWithWaitSupport
    {
        builder.Resource.Annotations.Add(new WaitAnnotation(dependency.Resource));
        return builder;
    }

    /// <summary>Ready means: GET of that path answers 200.</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null) where T : IResourceWithEndpoints
    {
        builder.Resource.Annotations.Add(new HttpHealthAnnotation(path ?? "/"));
        return builder;
    }

    internal static EndpointAnnotation? Find(this IResource resource, string endpoint) =>
        resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(known => known.Name == endpoint);

    private static IResourceBuilder<T> With<T>(this IResourceBuilder<T> builder, string name, Func<CancellationToken, ValueTask<string?>> value) where T : IResourceWithEnvironment
    {
        builder.Resource.Annotations.Add(new EnvironmentAnnotation(async (environment, cancel) => environment[name] = await value(cancel)));
        return builder;
    }
}
