using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Kener.Hosting.Data;
using Kener.Hosting.Running;
using Kener.Hosting.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kener.Hosting;

/// <summary>Runs an Aspire app host without a container engine, with or without a launch profile.</summary>
public static class KenerHost
{
    // Settings of the app host itself, and secrets: removed from the environment, because the processes that it starts would inherit them.
    private static readonly string[] NotInherited =
    [
        "ConnectionStrings__", "Parameters__", "ASPNETCORE_URLS", "DOTNET_URLS", "ASPIRE_", "DcpPublisher__", "Kener__Url", "Kener__DataPath", "Kener__InternalKey",
        "Kener__AgentKey", "Kener__BootstrapApiKey",
    ];

    /// <summary>
    /// Builds the model with <paramref name="describe"/> and runs it until Ctrl-C or SIGTERM. Returns the exit code: 1 if the model is wrong, a
    /// server program is missing, or a process exited before it was healthy. The reason is written to the console, without a stack trace.
    /// </summary>
    public static async Task<int> RunAsync(string[] args, Action<IDistributedApplicationBuilder> describe)
    {
        try
        {
            var builder = CreateBuilder(args);
            using var folder = builder.Host().Folder;
            describe(builder);
            builder.Host().Programs.RequireAll();
            await using var app = builder.Build();
            await app.RunAsync();
            return Environment.ExitCode;
        }
        catch (DistributedApplicationException fault)
        {
            await Console.Error.WriteLineAsync($"Kener cannot start: {fault.Message}");
            return 1;
        }
    }

    /// <summary>The state of the integration for this builder.</summary>
    internal static HostContext Host(this IDistributedApplicationBuilder builder) =>
        (HostContext)builder.Services.First(service => service.ServiceType == typeof(HostContext)).ImplementationInstance!;

    private static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        var settings = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        var hasDashboard = settings.GetValue("Kener:Dashboard", defaultValue: true);
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = args,
            AllowUnsecuredTransport = true,
            DisableDashboard = !hasDashboard,
            TrustDeveloperCertificate = false,
        });
        foreach (var (name, value) in Defaults) builder.Configuration[name] ??= value;
        var folder = new DataFolder(builder.Configuration["Kener:DataPath"] ?? "./.kener/data");
        if (builder.ExecutionContext.IsRunMode) folder.Claim();
        builder.Services.AddSingleton(new HostContext(hasDashboard, folder, new ServerPrograms(builder.Configuration, folder)));
        // Without a dashboard, Aspire by default stops a resource that waits for a failed dependency; with one it keeps waiting, and so does Kener.
        builder.Services.Configure<ResourceNotificationServiceOptions>(options => options.DefaultWaitBehavior = WaitBehavior.WaitOnResourceUnavailable);
        builder.Services.AddLogging(AddFilters);
        if (builder.ExecutionContext.IsRunMode) builder.AddStartupReport();
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
            if (Array.Exists(NotInherited, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))) Environment.SetEnvironmentVariable(name, null);
        return builder;
    }

    private static readonly (string Name, string Value)[] Defaults =
    [
        ("ASPNETCORE_URLS", "http://localhost:15888"),
        ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:15889"),
        ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://localhost:15890"),
        // Aspire would query a package source for newer versions.
        ("ASPIRE_VERSION_CHECK_DISABLED", "true"),
        // The app host must end after the processes that it started, not before.
        ("DcpPublisher:WaitForResourceCleanup", "true"),
    ];

    private static void AddFilters(ILoggingBuilder logging) => logging
        .AddFilter("Aspire.Hosting", LogLevel.Warning)
        .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)
        .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
        .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
        // Logs a stack trace if the host is stopped while it starts; a real failure is thrown as well.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
        .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", LogLevel.None);
}

/// <summary>The state of the integration for one builder.</summary>
internal sealed record HostContext(bool HasDashboard, DataFolder Folder, ServerPrograms Programs);
