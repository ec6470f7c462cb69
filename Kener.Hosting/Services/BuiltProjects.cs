using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Kener.Hosting.Running;

namespace Kener.Hosting.Services;

/// <summary>How projects run: what the build made, without <c>dotnet run</c> between.</summary>
public static class BuiltProjects
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>
    /// Runs the project's assembly in the folder where the operator is. Its path is in the app host's assembly metadata, by the target NoteAssemblies of
    /// Kener.AppHost.csproj. By itself Aspire starts <c>dotnet run</c>, a second process of 100 MiB beside each.
    /// </summary>
    public static IResourceBuilder<ProjectResource> AsBuilt(this IResourceBuilder<ProjectResource> builder)
    {
        // Published projects stand behind no proxy of Aspire's; Kener has a rule of its own for forwarded headers.
        builder.DisableForwardedHeaders();
        var app = builder.ApplicationBuilder;
        if (!app.ExecutionContext.IsRunMode) return builder;
        var project = Path.GetFullPath(builder.Resource.GetProjectMetadata().ProjectPath);
        var assembly = app.AppHostAssembly!.GetCustomAttributes<AssemblyMetadataAttribute>().First(metadata => metadata.Key == $"assembly:{project}").Value!;
        var host = app.Host();
#pragma warning disable ASPIRECERTIFICATES001 // All is plain HTTP on the loopback address; Aspire would warn at each start where no developer certificate is trusted.
        builder.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        return builder
            .WithAnnotation(new ExecutableAnnotation { Command = "dotnet", WorkingDirectory = Environment.CurrentDirectory })
            .WithArgs(assembly)
            // One heap of the C library for all threads: free memory in one per thread came to 20 MiB in a service that renders pages.
            .WithEnvironment("MALLOC_ARENA_MAX", "1")
            .WithEnvironment("LOGGING__CONSOLE__FORMATTERNAME", "simple")
            .WithEnvironment("LOGGING__CONSOLE__FORMATTEROPTIONS__SINGLELINE", "true")
            .WithEnvironment("LOGGING__CONSOLE__FORMATTEROPTIONS__COLORBEHAVIOR", "Disabled")
            .WithEnvironment("LOGGING__LOGLEVEL__MICROSOFT.HOSTING.LIFETIME", "Warning")
            .WithEnvironment(context =>
            {
                // Nothing listens there without a dashboard. What the operator set is inherited.
                if (!host.HasDashboard) context.EnvironmentVariables.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
            });
    }

    /// <summary>Healthy once GET of that path answers 200.</summary>
    public static IResourceBuilder<ProjectResource> WithReadiness(this IResourceBuilder<ProjectResource> builder, string path)
    {
        if (!builder.ApplicationBuilder.ExecutionContext.IsRunMode) return builder.WithHttpHealthCheck(path);
        var endpoint = builder.GetEndpoint("http");
        return builder.WithPatientHealthCheck(async cancel =>
        {
            using var answer = await Client.GetAsync(new Uri(endpoint.Url + path), cancel);
            answer.EnsureSuccessStatusCode();
        });
    }
}
