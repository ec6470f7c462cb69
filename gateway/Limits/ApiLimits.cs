using System.Net;
using System.Net.Sockets;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Gateway.Limits;

/// <summary>The limits of the API: requests by key, agents' own by a wider measure, failures by address.</summary>
internal sealed class ApiLimits(IOptions<LimitSettings> settings, TimeProvider clock)
{
    private readonly TokenBuckets<string> _byKey = new(settings.Value.RequestsPerSecond, settings.Value.Burst, clock);
    private readonly TokenBuckets<string> _ofAgents = new(settings.Value.AgentRequestsPerSecond, settings.Value.AgentBurst, clock);
    private readonly TokenBuckets<IPAddress> _beats = new(settings.Value.BeatsPerSecond, settings.Value.BeatsPerSecond, clock);
    private readonly TokenBuckets<IPAddress> _failures = new(settings.Value.FailuresPerSecond, settings.Value.FailuresPerSecond, clock);

    public bool Takes(Caller caller, PathString path) =>
        (path.StartsWithSegments("/api/agent", StringComparison.OrdinalIgnoreCase) && caller.Permissions.Contains(Permissions.AgentsReport) ? _ofAgents : _byKey)
        .TryTake(caller.Subject);

    public bool TakesBeat(IPAddress? address) => _beats.TryTake(Household(address));

    public bool TakesFailure(IPAddress? address) => _failures.TryTake(Household(address));

    /// <summary>Who gets one IPv6 address gets 2^64 of them, so these count as one.</summary>
    internal static IPAddress Household(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
