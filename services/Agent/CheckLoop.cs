using Kener.Agent.Gateway;
using Kener.Agent.Planning;
using Kener.ServiceDefaults;

namespace Kener.Agent;

/// <summary>
/// The main loop of the agent: up to a hundred times a second, it applies a new assignment, if any, and starts the checks that are due.
/// </summary>
internal sealed class CheckLoop(
    AssignmentPoller assignments, Schedule schedule, CheckRuns runs, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<CheckLoop> log) : BackgroundService
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
                // Ticks less often while nothing is due, so that an idle agent uses little CPU.
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
            // Failures of a single monitor are handled where it is known. The loop serves all monitors, so it must survive any other failure.
            log.LogError(fault, "Due checks could not be started; the check loop continues");
        }
    }
}
