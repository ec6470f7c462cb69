using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.ServiceDefaults.Snapshots;

/// <summary>Reports a process that renders or serves pages as ready once it has the home page, whatever else is unreachable.</summary>
public sealed class PageCheck(SnapshotStore board) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(board.Find(Variant.KeyOf(PageKind.Home, null)) is null ? HealthCheckResult.Unhealthy("The home page is not available yet") : HealthCheckResult.Healthy());
}
