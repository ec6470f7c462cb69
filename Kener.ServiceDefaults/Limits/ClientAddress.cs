using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults.Limits;

/// <summary>Determines the address by which clients are distinguished and counted.</summary>
public static class ClientAddress
{
    /// <summary>
    /// Returns the address of the client: behind the gateway's proxy, the one that the gateway wrote to X-Forwarded-For (it removes what a client
    /// sends), else the remote address of the connection.
    /// </summary>
    public static IPAddress Of(HttpContext context) =>
        IPAddress.TryParse(context.Request.Headers["X-Forwarded-For"], out var forwarded) ? Network(forwarded) : Network(context.Connection.RemoteIpAddress);

    /// <summary>Returns the address itself for IPv4 and the /64 for IPv6: a single client has 2^64 addresses, so these count as one.</summary>
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
