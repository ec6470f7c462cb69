using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Projects as parts.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project that the app host refers to. Launch profiles are not read: Kener's projects have none.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name) where TProject : IProjectMetadata, new()
    {
        var project = builder.AddResource(new ProjectResource(name));
        project.Resource.Annotations.Add(new TProject());
        return project;
    }

    /// <summary>
    /// Runs it that many times. Each has a port of its own, the first the one that is given, and who refers to them is told all; Aspire would put a
    /// proxy before them.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        builder.Resource.Annotations.Add(new ReplicaAnnotation(replicas));
        return builder;
    }
}
