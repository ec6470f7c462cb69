using Kener.Gateway.Proxy;
using Kener.Gateway.Routes;
using Kener.ServiceDefaults.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Gateway.Health;

/// <summary>Reports what a service behind the gateway watches of itself. <see cref="ServiceHealthCheck"/> reports a service that is unreachable.</summary>
internal sealed class OwnerWatch(Owner owner, IHttpClientFactory clients) : IHealthCheck
{
    // As long as that of ServiceHealthCheck.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);
    private const int LongestText = 2_000;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var client = clients.CreateClient();
            using var answer = await client.GetAsync(new Uri($"http://{ProxyConfig.NameOf(owner)}/health?tag={Watch.Tag}"), patience.Token);
            var lines = (await answer.Content.ReadAsStringAsync(patience.Token)).Split('\n');
            if (!answer.IsSuccessStatusCode || lines[0] != nameof(HealthStatus.Degraded)) return HealthCheckResult.Healthy();
            var text = string.Join("; ", lines.Skip(1));
            return HealthCheckResult.Degraded(text.Length > LongestText ? text[..LongestText] : text);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Healthy();
        }
    }
}
