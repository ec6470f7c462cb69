using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Kener.Hosting.Services;

/// <summary>One or more replicas of a service, each with its own address.</summary>
public sealed class Replicas
{
    private readonly string _name;

    internal Replicas(string name, IReadOnlyList<IResourceBuilder<ProjectResource>> all) => (_name, All) = (name, all);

    /// <summary>One builder per replica; in publish mode a single one.</summary>
    public IReadOnlyList<IResourceBuilder<ProjectResource>> All { get; }

    /// <summary>Configures each replica.</summary>
    public Replicas Each(Action<IResourceBuilder<ProjectResource>> configure)
    {
        foreach (var one in All) configure(one);
        return this;
    }

    internal void ReferTo<T>(IResourceBuilder<T> builder) where T : IResourceWithEnvironment
    {
        if (All.Count == 1)
        {
            builder.WithReference(All[0]);
            return;
        }
        for (var i = 0; i < All.Count; i++)
        {
            builder.WithEnvironment($"services__{_name}__http__{i}", All[i].GetEndpoint("http"));
            builder.WithReferenceRelationship(All[i]);
        }
    }
}

/// <summary>Adds replicas, and references to them.</summary>
public static class ReplicaExtensions
{
    /// <summary>
    /// Adds a project <paramref name="count"/> times. Each replica is its own resource, because Aspire's WithReplicas puts a proxy in front of them:
    /// a gateway would see only one address, and its connections would break when a replica dies. In publish mode it is one resource with replicas.
    /// </summary>
    public static Replicas AddReplicas<TProject>(this IDistributedApplicationBuilder builder, string name, int count) where TProject : IProjectMetadata, new() =>
        builder.ExecutionContext.IsPublishMode
            ? new Replicas(name, [builder.AddProject<TProject>(name).WithHttpEndpoint().WithReplicas(count)])
            : new Replicas(name, [.. Enumerable.Range(1, count).Select(i => builder.AddProject<TProject>(i == 1 ? name : $"{name}-{i}")
                .WithHttpEndpoint(isProxied: false)
                .WithEnvironment("OTEL_SERVICE_NAME", name))]);

    /// <summary>Passes the address of each replica to the resource, under the names of service discovery.</summary>
    public static IResourceBuilder<T> WithReference<T>(this IResourceBuilder<T> builder, Replicas replicas) where T : IResourceWithEnvironment
    {
        replicas.ReferTo(builder);
        return builder;
    }

    /// <summary>Starts the resource once all replicas are healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, Replicas replicas) where T : IResourceWithWaitSupport
    {
        foreach (var one in replicas.All) builder.WaitFor(one);
        return builder;
    }
}
