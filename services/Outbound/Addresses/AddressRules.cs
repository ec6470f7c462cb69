using System.Net;
using System.Net.Sockets;

namespace Kener.Outbound.Addresses;

/// <summary>The purpose of a connection, which decides the addresses that it may reach (Behavior: OUT-1, OUT-3).</summary>
public enum OutboundPolicy
{
    /// <summary>A check of a monitor: private and loopback addresses too, because checking one's own network is what Kener is for.</summary>
    Monitor,
    /// <summary>
    /// Everything else that is fetched for a user, such as webhooks and images: public addresses, and those that the installation allows.
    /// </summary>
    Fetch,
}

/// <summary>Decides which addresses a connection may reach, by the address itself, never by how it was written or resolved.</summary>
internal sealed class AddressRules(IReadOnlyList<IPNetwork> denied, IReadOnlyList<IPNetwork> fetchable)
{
    /// <summary>Never reached (Behavior: OUT-2): "this" network, link-local, multicast, reserved, and the metadata addresses of clouds.</summary>
    private static readonly IPNetwork[] Never =
    [
        .. Networks("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"),
        .. Networks("::/128", "fe80::/10", "ff00::/8", "fd00:ec2::254/128", "fd20:ce::254/128"),
        // IPv6 addresses that embed, and so could disguise, an IPv4 address: IPv4-compatible, local NAT64, Teredo, 6to4.
        .. Networks("::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"),
    ];

    private static readonly IPNetwork Loopback6 = IPNetwork.Parse("::1/128"), Nat64 = IPNetwork.Parse("64:ff9b::/96"), Global6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublic =
    [
        .. Networks("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
        .. Networks("192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        .. Networks("2001::/23", "2001:db8::/32", "3fff::/20"),
    ];

    /// <summary>Whether the policy allows a connection to the address.</summary>
    public bool Allows(IPAddress address, OutboundPolicy policy)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (Nat64.Contains(address)) return IsPublic(Embedded(address)) && Allows(Embedded(address), policy);
        if (IsIn(denied, address) || (IsIn(Never, address) && !Loopback6.Contains(address))) return false;
        return policy == OutboundPolicy.Monitor || IsPublic(address) || IsIn(fetchable, address);
    }

    private static bool IsPublic(IPAddress address) =>
        (address.AddressFamily == AddressFamily.InterNetwork || Global6.Contains(address)) && !IsIn(NotPublic, address) && !IsIn(Never, address);

    private static IPAddress Embedded(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return new IPAddress(bytes[12..]);
    }

    private static bool IsIn(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        // The scope id (the interface) is not part of the address.
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0) address = new IPAddress(address.GetAddressBytes());
        foreach (var network in networks)
            if (network.Contains(address)) return true;
        return false;
    }

    private static IEnumerable<IPNetwork> Networks(params string[] networks) => networks.Select(IPNetwork.Parse);
}
