using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults;

/// <summary>
/// Restarts background services that end with an exception. Each service's own loop handles the faults that it expects; an unexpected one must
/// neither end the process, and with it everything that works, nor leave the service's work undone.
/// </summary>
internal sealed class BackgroundRestarts(
    IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<BackgroundRestarts> log) : IHostedService
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromMinutes(1);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Resolved here, not in the constructor: this service is one of them.
        lifetime.ApplicationStarted.Register(() =>
        {
            foreach (var service in services.GetServices<IHostedService>().OfType<BackgroundService>()) _ = WatchAsync(service, lifetime.ApplicationStopping);
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WatchAsync(BackgroundService service, CancellationToken stopping)
    {
        for (var failures = 1; service.ExecuteTask is { } work; failures++)
        {
            await work.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested || work.IsCompletedSuccessfully) return;
            var pause = Retries.PauseAfter(failures, First, Longest);
            // The host itself logs the exception of the first run.
            log.LogError(failures == 1 ? null : work.Exception?.GetBaseException(),
                "{Service} failed and is restarted in {Seconds} s", service.GetType().Name, pause.TotalSeconds);
            await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested) return;
            await StartAsync(service, stopping);
        }
    }

    private async Task StartAsync(BackgroundService service, CancellationToken stopping)
    {
        try
        {
            await service.StartAsync(stopping);
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            // ExecuteTask is still the failed run, so the loop tries again.
            log.LogError(fault, "{Service} could not be restarted; the next attempt follows", service.GetType().Name);
        }
    }
}
