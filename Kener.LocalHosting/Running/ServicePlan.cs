using System.Collections;
using System.Runtime.InteropServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Kener.LocalHosting;

/// <summary>How a project runs: <c>dotnet {its assembly}</c>, where the operator is, with the environment by Aspire's conventions.</summary>
internal sealed class ServicePlan(Terminal terminal, IReadOnlyList<IResource> resources)
{
    // The app host's own: what a service may know of it, the model says.
    private static readonly string[] NotInherited = ["ConnectionStrings__", "Parameters__", "ASPNETCORE_URLS", "DOTNET_URLS", "Kener__Url", "Kener__DataPath"];
    private static readonly string Dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10) };

    public IReadOnlyList<Unit> Make(ProjectResource project)
    {
        var built = project.Annotations.OfType<IBuiltProject>().Single();
        if (!File.Exists(built.AssemblyPath)) throw new DistributedApplicationException($"'{built.AssemblyPath}' is missing: build it first");
        var replicas = project.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Count ?? 1;
        return [.. Enumerable.Range(0, replicas).Select(i => Make(project, built, i, replicas == 1 ? project.Name : $"{project.Name}-{i + 1}"))];
    }

    private Unit Make(ProjectResource project, IBuiltProject built, int replica, string name)
    {
        var urls = project.Annotations.OfType<EndpointAnnotation>().Select(endpoint => endpoint.Urls[replica]).ToList();
        var path = project.Annotations.OfType<HttpHealthAnnotation>().LastOrDefault()?.Path;
        return new Unit
        {
            Name = name,
            Resource = project,
            Where = string.Join(", ", urls),
            CommandAsync = async cancel => new Command(Dotnet, built.AssemblyPath) { Environment = await EnvironmentAsync(project, name, urls, cancel) },
            TryAsync = path is null || urls.Count == 0 ? _ => Task.CompletedTask : cancel => TryAsync(urls[0] + path, cancel),
        };
    }

    private static async Task TryAsync(string url, CancellationToken cancel)
    {
        using var answer = await Client.GetAsync(new Uri(url), cancel);
        if (answer.StatusCode != System.Net.HttpStatusCode.OK) throw new HttpRequestException($"{url} answers {(int)answer.StatusCode}");
    }

    private async Task<Dictionary<string, string?>> EnvironmentAsync(ProjectResource project, string name, List<string> urls, CancellationToken cancel)
    {
        var environment = await InheritedAsync(cancel);
        environment["OTEL_SERVICE_NAME"] = project.Name;
        environment["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={name}";
        environment.TryAdd("LOGGING__CONSOLE__FORMATTERNAME", "simple");
        environment.TryAdd("LOGGING__CONSOLE__FORMATTEROPTIONS__SINGLELINE", "true");
        environment.TryAdd("LOGGING__CONSOLE__FORMATTEROPTIONS__COLORBEHAVIOR", terminal.IsColoured ? "Enabled" : "Disabled");
        // The table says where it listens, and Ctrl-C is not for it.
        environment.TryAdd("LOGGING__LOGLEVEL__MICROSOFT.HOSTING.LIFETIME", "Warning");
        // One heap of the C library for all threads: what was free in one each came to 20 MiB in a service that draws pages.
        environment.TryAdd("MALLOC_ARENA_MAX", "1");
        if (terminal.IsColoured) environment["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
        if (urls.Count > 0) environment["ASPNETCORE_URLS"] = string.Join(';', urls);
        foreach (var annotation in project.Annotations.OfType<EnvironmentAnnotation>()) await annotation.ApplyAsync(environment, cancel);
        return environment;
    }

    /// <summary>Our own environment, without what is the app host's, and without secrets: only whom the model gives one has it.</summary>
    private async Task<Dictionary<string, string?>> InheritedAsync(CancellationToken cancel)
    {
        var secrets = new HashSet<string?>();
        foreach (var parameter in resources.OfType<ParameterResource>().Where(parameter => parameter.Secret)) secrets.Add(await parameter.GetValueAsync(cancel));
        return Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => !NotInherited.Any(prefix => ((string)variable.Key).StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) && !secrets.Contains((string?)variable.Value))
            .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value);
    }
}
