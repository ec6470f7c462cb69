using Kener.ServiceDefaults.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.ServiceDefaults.Snapshots;

/// <summary>Watches how long ago the pages in memory were last confirmed to be up to date.</summary>
public sealed class PageAge(SnapshotStore board, TimeProvider clock) : IHealthCheck
{
    // Pages show their age to visitors after ten seconds. A restart of their service takes less than a minute and needs no operator.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var age = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(board.ConfirmedMs);
        return Task.FromResult(Watch.Result("kener.pages.age", "s", Math.Max(0, age.TotalSeconds),
            age > Longest ? $"The pages were last up to date {(long)age.TotalMinutes} minutes ago" : null));
    }
}
