namespace Kener.Agent;

internal static class Lifetime
{
    /// <summary>Ends when the process has started, and with it a gateway that may be in it.</summary>
    public static async Task StartedAsync(this IHostApplicationLifetime lifetime, CancellationToken cancel)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancel);
    }

    /// <summary>
    /// Works until the service is stopped or the process begins to end, whichever comes first: a gateway in the same process would wait for
    /// the agent's requests before it lets the services be stopped. To be cancelled then is no fault.
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
            // As it should be.
        }
    }
}
