using Microsoft.Extensions.Hosting;

namespace Kener.ServiceDefaults;

/// <summary>Waits of background work for the process.</summary>
public static class Lifetime
{
    /// <summary>Completes when the process has started, and with it a gateway in the same process.</summary>
    public static async Task StartedAsync(this IHostApplicationLifetime lifetime, CancellationToken cancel)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancel);
    }

    /// <summary>
    /// Runs the work until the service is stopped or the process begins to shut down, whichever comes first: a gateway in the same process would
    /// wait for the agent's requests before hosted services are stopped. The cancellation then is not an error.
    /// </summary>
    public static async Task UntilStoppingAsync(this IHostApplicationLifetime lifetime, Func<CancellationToken, Task> work, CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            await work(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Expected when stopping.
        }
    }
}
