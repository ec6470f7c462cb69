using System.Collections.Concurrent;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Kener.Hosting.Running;

/// <summary>Registers restarts.</summary>
public static class RestartExtensions
{
    /// <summary>
    /// Restarts the resource when it ends, after a pause of 0.2 s that doubles up to 10 s while it keeps ending, unless an operator stopped it in the
    /// dashboard. A resource that exits by itself before it was ever healthy stops the app host, which prints its last lines.
    /// </summary>
    public static IResourceBuilder<T> WithRestarts<T>(this IResourceBuilder<T> builder) where T : IResource
    {
        if (!builder.ApplicationBuilder.ExecutionContext.IsRunMode) return builder;
        if (!builder.ApplicationBuilder.Services.Any(service => service.ServiceType == typeof(Restarts)))
        {
            // Not a hosted service: those start only after the orchestrator has started the last resource.
            builder.ApplicationBuilder.Services.AddSingleton<Restarts>();
            builder.ApplicationBuilder.OnBeforeStart((start, _) =>
            {
                start.Services.GetRequiredService<Restarts>().Begin(start.Model);
                return Task.CompletedTask;
            });
        }
        return builder.WithAnnotation(new RestartAnnotation());
    }
}

/// <summary>Marks a resource that is restarted when it ends.</summary>
internal sealed class RestartAnnotation : IResourceAnnotation;

internal sealed class Restarts(
    ResourceNotificationService notifications, ResourceCommandService commands, ResourceLoggerService logs, IHostApplicationLifetime lifetime, Terminal terminal)
{
    // Exit codes from here on mean that a signal ended the process, and so does -1.
    private const int BySignal = 128, LastLines = 30;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.2), LongestPause = TimeSpan.FromSeconds(10), Stable = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, Life> _lives = [];

    /// <summary>Starts watching. Reads the model at once, because later event handlers change it.</summary>
    public void Begin(DistributedApplicationModel model)
    {
        var kept = model.Resources.Where(resource => resource.HasAnnotationOfType<RestartAnnotation>()).ToHashSet();
        _ = Task.Run(() => WatchAsync(kept, lifetime.ApplicationStopping));
    }

    private async Task WatchAsync(HashSet<IResource> kept, CancellationToken stop)
    {
        try
        {
            await foreach (var change in notifications.WatchAsync(stop))
                if (kept.Contains(change.Resource)) await TakeAsync(change, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The app host is stopping.
        }
        catch (Exception fault)
        {
            terminal.Stop($"the app host can no longer restart processes that end: {fault.Message}");
        }
    }

    private async Task TakeAsync(ResourceEvent change, CancellationToken stop)
    {
        var life = _lives.GetOrAdd(change.ResourceId, _ => new Life());
        var (state, code) = (change.Snapshot.State?.Text, change.Snapshot.ExitCode);
        if (state == KnownResourceStates.Running)
        {
            if (change.Snapshot.HealthStatus == HealthStatus.Healthy) life.WasHealthy = true;
            if (!life.IsRunning) (life.IsRunning, life.Since) = (true, TimeProvider.System.GetTimestamp());
        }
        else if (state == KnownResourceStates.Stopping)
        {
            life.IsRunning = false;
        }
        else if (life.IsRunning && KnownResourceStates.TerminalStates.Contains(state))
        {
            life.IsRunning = false;
            if (!life.WasHealthy && code is > 0 and < BySignal) await GiveUpAsync(change);
            else _ = StartAgainAsync(change, life, stop);
        }
    }

    private async Task GiveUpAsync(ResourceEvent ended)
    {
        await foreach (var lines in logs.GetAllAsync(ended.ResourceId))
            foreach (var line in lines.Select(line => StartupReport.TextOf(line.Content)).Where(line => !string.IsNullOrEmpty(line)).TakeLast(LastLines)) terminal.Say(ended.Resource.Name, line!);
        terminal.Stop($"{ended.Resource.Name} ended with code {ended.Snapshot.ExitCode} before it was ready; its lines above say why");
    }

    private async Task StartAgainAsync(ResourceEvent ended, Life life, CancellationToken stop)
    {
        try
        {
            if (TimeProvider.System.GetElapsedTime(life.Since) > Stable) life.Pause = ShortestPause;
            var how = ended.Snapshot.ExitCode is >= 0 and < BySignal and var code ? $"ended with code {code}" : "was ended by a signal";
            terminal.Say(ended.Resource.Name, $"{how}; restarting in {life.Pause.TotalSeconds} s");
            await Task.Delay(life.Pause, stop);
            life.Pause = life.Pause * 2 < LongestPause ? life.Pause * 2 : LongestPause;
            var result = await commands.ExecuteCommandAsync(ended.ResourceId, KnownResourceCommands.StartCommand, stop);
            if (!result.Success) terminal.Say(ended.Resource.Name, $"cannot be restarted: {result.Message}");
        }
        catch (OperationCanceledException)
        {
            // The app host is stopping.
        }
    }

    private sealed class Life
    {
        public bool IsRunning { get; set; }

        public bool WasHealthy { get; set; }

        public long Since { get; set; }

        public TimeSpan Pause { get; set; } = ShortestPause;
    }
}
