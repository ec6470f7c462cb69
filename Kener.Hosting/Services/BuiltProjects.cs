using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Kener.Hosting.Running;

namespace Kener.Hosting.Services;

/// <summary>Runs projects from their build output, without <c>dotnet run</c>.</summary>
public static class BuiltProjects
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>
    /// Runs the project's assembly in the operator's working directory. The path of the assembly is in the app host's assembly metadata, written by
    /// the target NoteAssemblies of Kener.AppHost.csproj. By default Aspire starts <c>dotnet run</c>, a second process of 100 MiB for each project.
    /// </summary>
    public static IResourceBuilder<ProjectResource> AsBuilt(this IResourceBuilder<ProjectResource> builder)
    {
        // Published projects have no proxy of Aspire in front; Kener has its own rule for forwarded headers.
        builder.DisableForwardedHeaders();
        var app = builder.ApplicationBuilder;
        if (!app.ExecutionContext.IsRunMode) return builder;
        var project = Path.GetFullPath(builder.Resource.GetProjectMetadata().ProjectPath);
        var assembly = app.AppHostAssembly!.GetCustomAttributes<AssemblyMetadataAttribute>().First(metadata => metadata.Key == $"assembly:{project}").Value!;
        var host = app.Host();
#pragma warning disable ASPIRECERTIFICATES001 // All is plain HTTP on the loopback address; Aspire would warn at each start if no developer certificate is trusted.
        builder.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
        return builder
            .WithAnnotation(new ExecutableAnnotation { Command = "dotnet", WorkingDirectory = Environment.CurrentDirectory })
            .WithArgs(assembly)
            // One heap of the C library for all threads: with one per thread, a service that renders pages had 20 MiB of unused memory in them.
            .WithEnvironment("MALLOC_ARENA_MAX", "1")
            .WithEnvironment("LOGGING__CONSOLE__FORMATTERNAME", "simple")
            .WithEnvironment("LOGGING__CONSOLE__FORMATTEROPTIONS__SINGLELINE", "true")
            .WithEnvironment("LOGGING__CONSOLE__FORMATTEROPTIONS__COLORBEHAVIOR", "Disabled")
            .WithEnvironment("LOGGING__LOGLEVEL__MICROSOFT.HOSTING.LIFETIME", "Warning")
            .WithEnvironment(context =>
            {
                // Without a dashboard nothing listens there. A value that the operator set is inherited.
                if (!host.HasDashboard) context.EnvironmentVariables.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
            });
    }

    /// <summary>Makes the project healthy once a GET of the path returns a success status.</summary>
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
