using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults;

/// <summary>The address by which clients are told apart and counted.</summary>
public static class ClientAddress
{
    /// <summary>
    /// Returns the client of this request: behind the gateway's proxy what the gateway wrote to X-Forwarded-For (it removes what a client
    /// sends), else the other end of the connection.
    /// </summary>
    public static IPAddress Of(HttpContext context) =>
        IPAddress.TryParse(context.Request.Headers["X-Forwarded-For"], out var forwarded) ? Network(forwarded) : Network(context.Connection.RemoteIpAddress);

    /// <summary>Returns the address itself for IPv4 and the /64 for IPv6: one client is given 2^64 addresses, so these count as one.</summary>
    public static IPAddress Network(IPAddress? address)
    {
        if (address is null) return IPAddress.None;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
