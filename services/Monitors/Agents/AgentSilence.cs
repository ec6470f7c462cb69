using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.ServiceDefaults.Health;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Monitors.Agents;

/// <summary>
/// Watches for how long no agent has requested its assignment, if there are monitors for agents. A single silent agent is not a problem while
/// others request theirs: they check its monitors.
/// </summary>
internal sealed class AgentSilence(MonitorsDb db, AssignmentCache assignments, TimeProvider clock) : IHealthCheck
{
    // An agent requests its assignment at least once a minute.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var silence = TimeSpan.Zero;
        if (await db.Monitors.AnyAsync(row => row.IsActive && row.Cron != null && MonitorTypes.OfAgents.Contains(row.Type), cancellationToken))
        {
            // Agents could request nothing before this service started.
            var seenMs = Math.Max(assignments.StartedMs, await db.Agents.MaxAsync(agent => (long?)agent.SeenMs, cancellationToken) ?? 0);
            silence = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(seenMs);
        }
        return Watch.Result("kener.agents.silence", "s", Math.Max(0, silence.TotalSeconds),
            silence > Longest ? $"No agent has requested its assignment for {(long)silence.TotalMinutes} minutes: its monitors are not checked" : null);
    }
}
