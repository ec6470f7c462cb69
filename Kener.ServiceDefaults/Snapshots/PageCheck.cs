using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.ServiceDefaults;

/// <summary>A process that draws or serves pages is ready when it has the home page, whatever is unreachable behind it.</summary>
public sealed class PageCheck(SnapshotBoard board) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(board.Find(Variant.KeyOf(PageKind.Home, null)) is null ? HealthCheckResult.Unhealthy("The home page is not there yet") : HealthCheckResult.Healthy());
}
