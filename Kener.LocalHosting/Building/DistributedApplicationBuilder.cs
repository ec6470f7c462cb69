using Aspire.Hosting.ApplicationModel;
using Kener.LocalHosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly List<IResource> _resources = [];

    public DistributedApplicationBuilder(string[] args)
    {
        // Settings are read once: a watch on each folder below the one it is started in would be many.
        _host = Host.CreateApplicationBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        // What is to be said is said by the terminal, in the operator's words.
        _host.Logging.ClearProviders();
        Folder = new DataFolder(Configuration["Kener:DataPath"] ?? "./.kener/data");
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public IReadOnlyList<IResource> Resources => _resources;

    /// <summary>Where the servers' data and the generated secrets are kept.</summary>
    public DataFolder Folder { get; }

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        ResourceName.Check(resource.Name);
        if (_resources.Exists(known => string.Equals(known.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"There are two resources of the name '{resource.Name}'");
        _resources.Add(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    public DistributedApplication Build()
    {
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(Terminal.OfThisProcess());
        Services.AddSingleton(Folder);
        Services.AddSingleton<Spawner>();
        Services.AddSingleton<Orchestrator>();
        Services.AddHostedService(services => services.GetRequiredService<Orchestrator>());
        Services.AddSingleton<IReadOnlyList<IResource>>(_resources);
        Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        // Each process has a limit of its own.
        Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(5));
        return new DistributedApplication(_host.Build());
    }
}

internal static class ResourceName
{
    /// <summary>1 to 64 ASCII letters, digits and single hyphens; a letter first, no hyphen last.</summary>
    public static void Check(string name)
    {
        var isGood = name.Length is > 0 and <= 64 && char.IsAsciiLetter(name[0]) && name[^1] != '-'
            && !name.Contains("--", StringComparison.Ordinal) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
        if (!isGood) throw new DistributedApplicationException($"'{name}' can not be a resource's name: letters, digits and single hyphens, a letter first");
    }
}
