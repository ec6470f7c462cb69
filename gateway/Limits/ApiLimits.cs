using System.Net;
using Kener.Contracts;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Limits;
using Microsoft.Extensions.Options;

namespace Kener.Gateway.Limits;

/// <summary>
/// Applies the rate limits: per API key, with higher limits for agents; per address for failed authentications, heartbeats and other requests without
/// a key.
/// </summary>
internal sealed class ApiLimits(IOptions<LimitSettings> settings, TimeProvider clock)
{
    private readonly TokenBuckets<string> _byKey = new(settings.Value.RequestsPerSecond, settings.Value.Burst, clock);
    private readonly TokenBuckets<string> _ofAgents = new(settings.Value.AgentRequestsPerSecond, settings.Value.AgentBurst, clock);
    private readonly TokenBuckets<IPAddress> _beats = new(settings.Value.BeatsPerSecond, settings.Value.BeatsPerSecond, clock);
    private readonly TokenBuckets<IPAddress> _failures = new(settings.Value.FailuresPerSecond, settings.Value.FailuresPerSecond, clock);
    private readonly TokenBuckets<IPAddress> _anonymous = new(settings.Value.AnonymousRequestsPerSecond, settings.Value.AnonymousBurst, clock);

    public bool Takes(Caller caller, PathString path) =>
        (path.StartsWithSegments("/api/agent", StringComparison.OrdinalIgnoreCase) && caller.Permissions.Contains(Permissions.AgentsReport) ? _ofAgents : _byKey)
        .TryTake(caller.Subject);

    public bool TakesBeat(IPAddress? address) => _beats.TryTake(ClientAddress.Network(address));

    public bool TakesAnonymous(IPAddress? address) => _anonymous.TryTake(ClientAddress.Network(address));

    public bool TakesFailure(IPAddress? address) => _failures.TryTake(ClientAddress.Network(address));
}
