using System.Collections.Concurrent;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Kener.Hosting.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Kener.Hosting.Running;

/// <summary>Reports to the operator when everything is up and what runs where. Also prints what the services write.</summary>
internal sealed class StartupReport(
    ResourceNotificationService notifications, ResourceLoggerService logs, IHostApplicationLifetime lifetime, IConfiguration configuration, HostContext host, Terminal terminal)
{
    private static readonly string[] AspireLines = ["[sys] ", "Waiting for resource ", "Finished waiting for resource ", "No custom certificate authorities "];
    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(1);
    private readonly long _began = TimeProvider.System.GetTimestamp();

    /// <summary>Starts reporting. Reads the model at once, because later event handlers change it.</summary>
    public void Begin(DistributedApplicationModel model)
    {
        var projects = model.Resources.OfType<ProjectResource>().Where(project => project.HasAnnotationOfType<RestartAnnotation>()).ToList();
        var servers = model.Resources.Where(resource => resource is NativeServer or ContainerResource or ConnectionStringResource).ToList();
        _ = Task.Run(() => ReportAsync([.. Enumerable.Reverse(projects), .. Enumerable.Reverse(servers)], lifetime.ApplicationStopping));
        foreach (var project in projects) _ = Task.Run(() => PassOnAsync(project, lifetime.ApplicationStopping));
    }

    private async Task ReportAsync(List<IResource> resources, CancellationToken stop)
    {
        try
        {
            var missing = new ConcurrentDictionary<string, string>(
                resources.Where(resource => resource is not ConnectionStringResource || resource.HasAnnotationOfType<HealthCheckAnnotation>()).Select(resource => KeyValuePair.Create(resource.Name, "not started")));
            await using var reminder = TimeProvider.System.CreateTimer(_ => terminal.Say($"Still waiting for {string.Join(", ", missing.Select(one => $"{one.Key} ({one.Value})"))}"), null, Reminder, Reminder);
            await foreach (var change in notifications.WatchAsync(stop))
            {
                if (!missing.ContainsKey(change.Resource.Name)) continue;
                if (change.Snapshot.State?.Text == KnownResourceStates.Running && change.Snapshot.HealthStatus is null or HealthStatus.Healthy) missing.TryRemove(change.Resource.Name, out _);
                else missing[change.Resource.Name] = change.Snapshot.HealthReports.FirstOrDefault(report => report.Status == HealthStatus.Unhealthy)?.Description ?? change.Snapshot.State?.Text ?? "";
                if (missing.IsEmpty) break;
            }
            terminal.Say(Table(resources));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The app host stops before everything is up.
        }
    }

    private string Table(List<IResource> resources)
    {
        var dashboard = host.HasDashboard ? $"  dashboard    {configuration["ASPNETCORE_URLS"]}/login?t={configuration["AppHost:BrowserToken"]}\n" : "";
        return string.Create(CultureInfo.InvariantCulture, $"""

            Everything is up after {TimeProvider.System.GetElapsedTime(_began).TotalSeconds:0.0} s:

            {string.Join('\n', resources.Select(resource => $"  {resource.Name,-12} {WhereOf(resource)}"))}
            {dashboard}
              The data is in {host.Folder.Path}. Ctrl-C stops everything.

            """);
    }

    private static string WhereOf(IResource resource) => resource switch
    {
        NativeServer server => $"127.0.0.1:{server.Endpoint.Port}",
        IResourceWithEndpoints endpoints when endpoints.GetEndpoints().FirstOrDefault() is { IsAllocated: true } endpoint => endpoint.Url,
        ConnectionStringResource => "as given by its connection string",
        _ => "",
    };

    /// <summary>Returns the line without the orchestrator's timestamp; null if Aspire itself wrote it.</summary>
    internal static string? TextOf(string line)
    {
        var text = line.Split(' ', 2) is [var first, var rest] && DateTimeOffset.TryParse(first, CultureInfo.InvariantCulture, out _) ? rest : line;
        return Array.Exists(AspireLines, text.StartsWith) ? null : text;
    }

    private async Task PassOnAsync(ProjectResource project, CancellationToken stop)
    {
        try
        {
            await foreach (var lines in logs.WatchAsync(project).WithCancellation(stop))
                foreach (var line in lines)
                    if (TextOf(line.Content) is { Length: > 0 } text) terminal.Say(project.Name, text);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The app host is stopping.
        }
    }
}

internal static class StartupReportExtensions
{
    public static void AddStartupReport(this IDistributedApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Terminal>().AddSingleton<StartupReport>();
        builder.OnBeforeStart((start, _) =>
        {
            start.Services.GetRequiredService<StartupReport>().Begin(start.Model);
            return Task.CompletedTask;
        });
    }
}
