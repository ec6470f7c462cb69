using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Collects what the application is made of.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>Environment variables, command line, and an appsettings.json of the folder that it is started in.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>Development, Production.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>The app host's own services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Adds a part.</summary>
    IResourceBuilder<T> AddResource<T>(T resource) where T : IResource;

    /// <summary>The application; nothing of it is started yet.</summary>
    DistributedApplication Build();
}

/// <summary>Says more of a resource. Covariant, so that what is asked of a base is answered for each of its kinds.</summary>
public interface IResourceBuilder<out T> where T : IResource
{
    /// <summary>What it is a part of.</summary>
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    /// <summary>The resource.</summary>
    T Resource { get; }
}

internal sealed record ResourceBuilder<T>(IDistributedApplicationBuilder ApplicationBuilder, T Resource) : IResourceBuilder<T> where T : IResource;
