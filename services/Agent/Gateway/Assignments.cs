using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Agent.Gateway;

/// <summary>
/// Polls the gateway for the agent's assignment, so that changes arrive at once. While the gateway is away, the last assignment stays valid.
/// </summary>
internal sealed class AssignmentPoller(GatewayClient gateway, IHostApplicationLifetime lifetime, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);
    private IReadOnlyList<AssignedMonitor>? _new;

    /// <summary>Whether the gateway has answered at least once.</summary>
    public bool HasArrived { get; private set; }

    /// <summary>Returns the new list of monitors; null if there has been none since the last call.</summary>
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
            // Limits the request rate if the gateway answers at once, instead of waiting, that nothing is new.
            if (answered && assignment is null && clock.GetElapsedTime(start) < Shortest) await Task.Delay(Shortest, clock, stop);
        }
    }
}

/// <summary>Ready once the gateway has sent an assignment, even an empty one.</summary>
internal sealed class AssignmentArrived(AssignmentPoller assignments) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        assignments.HasArrived ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("No assignment has arrived from the gateway yet"));
}
