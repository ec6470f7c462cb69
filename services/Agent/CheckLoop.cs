using Kener.Agent.Gateway;
using Kener.Agent.Planning;

namespace Kener.Agent;

/// <summary>The agent's heart: a hundred times a second, takes a new list if there is one, and begins what is due.</summary>
internal sealed class CheckLoop(
    Assignments assignments, Schedule schedule, CheckRuns runs, IHostApplicationLifetime lifetime, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        using var timer = new PeriodicTimer(Tick, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                if (assignments.TakeNew() is { } monitors) schedule.Take(monitors, now);
                while (schedule.TryTakeDue(now, out var due)) runs.Begin(due);
            }
        }
        finally
        {
            schedule.Clear();
        }
    }
}
