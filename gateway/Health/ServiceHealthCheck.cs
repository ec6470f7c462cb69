using Kener.Gateway.Proxy;
using Kener.Gateway.Routes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Gateway.Health;

/// <summary>
/// Checks whether a service behind the gateway is ready. Part of <c>/health</c>, not of <c>/ready</c>: the gateway stays in rotation without that
/// service.
/// </summary>
internal sealed class ServiceHealthCheck(Owner owner, IHttpClientFactory clients) : IHealthCheck
{
    // Shorter than the time limit of /healthcheck as a whole.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var client = clients.CreateClient();
            using var answer = await client.GetAsync(new Uri($"http://{ProxyConfig.NameOf(owner)}/ready"), patience.Token);
            if (!answer.IsSuccessStatusCode) return HealthCheckResult.Unhealthy($"/ready returned {(int)answer.StatusCode}");
            // The service answers requests, but part of it fails, for example every write.
            return await answer.Content.ReadAsStringAsync(patience.Token) == nameof(HealthStatus.Degraded)
                ? HealthCheckResult.Degraded("The service is degraded") : HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The service is unreachable", fault);
        }
    }
}
