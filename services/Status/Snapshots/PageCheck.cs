using Kener.ServiceDefaults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Status.Snapshots;

/// <summary>Ready when there is a home page to serve.</summary>
internal sealed class PageCheck(SnapshotBoard board) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(board.Find(SitePages.HomeKey) is null ? HealthCheckResult.Unhealthy("The home page is not drawn yet") : HealthCheckResult.Healthy());
}
