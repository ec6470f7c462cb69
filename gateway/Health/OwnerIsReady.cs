using Kener.Gateway.Proxy;
using Kener.Gateway.Routes;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Gateway.Health;

/// <summary>Whether a service behind the gateway can serve. Part of <c>/health</c>, not of <c>/ready</c>: the gateway stays in without it.</summary>
internal sealed class OwnerIsReady(Owner owner, IHttpClientFactory clients) : IHealthCheck
{
    // Less than /healthcheck has in all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var client = clients.CreateClient();
            using var answer = await client.GetAsync(new Uri($"http://{ProxyConfig.NameOf(owner)}/ready"), patience.Token);
            if (!answer.IsSuccessStatusCode) return HealthCheckResult.Unhealthy($"It answers {(int)answer.StatusCode}");
            // It serves, but part of it does not work, such as storing anything.
            return await answer.Content.ReadAsStringAsync(patience.Token) == nameof(HealthStatus.Degraded)
                ? HealthCheckResult.Degraded("It is degraded") : HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("It does not answer", fault);
        }
    }
}
