using Kener.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Agent.Gateway;

/// <summary>Asks the gateway what there is to check, and hears of changes at once. While it is away the last list goes on.</summary>
internal sealed class Assignments(GatewayClient gateway, IHostApplicationLifetime lifetime, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);
    private IReadOnlyList<AssignedMonitor>? _new;

    /// <summary>Whether the gateway has told anything yet.</summary>
    public bool HasArrived { get; private set; }

    /// <summary>The list, if it is another than at the last call.</summary>
    public IReadOnlyList<AssignedMonitor>? TakeNew() => Interlocked.Exchange(ref _new, null);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => lifetime.UntilStoppingAsync(FollowAsync, stoppingToken);

    private async Task FollowAsync(CancellationToken stop)
    {
        await lifetime.StartedAsync(stop);
        var backoff = new Backoff(clock);
        string? version = null;
        while (true)
        {
            var start = clock.GetTimestamp();
            var (answered, assignment) = await gateway.PollAsync(version, stop);
            if (assignment is not null)
            {
                version = assignment.Version;
                Volatile.Write(ref _new, assignment.Monitors);
            }
            HasArrived |= answered;
            if (!answered) await backoff.WaitAsync(stop);
            else backoff.Reset();
            // A gateway that answers at once that there is nothing new is not asked a thousand times a second.
            if (answered && assignment is null && clock.GetElapsedTime(start) < Shortest) await Task.Delay(Shortest, clock, stop);
        }
    }
}

/// <summary>Ready when there is something to do, or the gateway says that there is nothing.</summary>
internal sealed class AssignmentArrived(Assignments assignments) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        assignments.HasArrived ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The gateway has not said yet what to check"));
}
