using Kener.Agent.Gateway;
using Kener.Agent.Planning;

namespace Kener.Agent;

/// <summary>The agent's heart: up to a hundred times a second, takes a new list if there is one, and begins what is due.</summary>
internal sealed class CheckLoop(
    Assignments assignments, Schedule schedule, CheckRuns runs, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<CheckLoop> log) : BackgroundService
{
    private const int TickMs = 10, IdleMs = 200;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => lifetime.UntilStoppingAsync(CheckAsync, stoppingToken);

    private async Task CheckAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(TickMs), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                Begin(now);
                // A machine with little to do is left alone meanwhile.
                var wait = TimeSpan.FromMilliseconds(Math.Clamp(schedule.NextMs - now, TickMs, IdleMs));
                if (timer.Period != wait) timer.Period = wait;
            }
        }
        finally
        {
            schedule.Clear();
        }
    }

    private void Begin(long now)
    {
        try
        {
            if (assignments.TakeNew() is { } monitors) schedule.Take(monitors, now);
            while (schedule.TryTakeDue(now, out var due)) runs.Begin(due);
        }
        catch (Exception fault)
        {
            // What one monitor can cause is caught where that monitor is known; the loop serves all and goes on in any case.
            log.LogError(fault, "Checks could not be begun; the loop goes on");
        }
    }
}
