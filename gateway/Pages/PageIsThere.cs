using Kener.ServiceDefaults;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Gateway.Pages;

/// <summary>The gateway can serve when it has a page, whatever is away behind it.</summary>
internal sealed class PageIsThere(SnapshotBoard board) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(board.Find("page:/") is null ? HealthCheckResult.Unhealthy("No page has arrived yet") : HealthCheckResult.Healthy());
}
