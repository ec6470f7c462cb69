using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;

namespace Kener.Hosting.Services;

/// <summary>Checks the public address of Kener.</summary>
public static class PublicAddress
{
    /// <summary>
    /// Throws, before anything starts, if the address cannot be listened on. <paramref name="setting"/> is what the operator can change.
    /// </summary>
    public static void Require(Uri url, string setting)
    {
        var address = IPAddress.TryParse(url.Host, out var literal) ? literal : url.Host == "localhost" ? IPAddress.Loopback : IPAddress.Any;
        using var listener = new TcpListener(address, url.Port);
        try
        {
            listener.Start();
        }
        catch (SocketException fault)
        {
            throw new DistributedApplicationException(fault.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? $"{url.Host}:{url.Port} is in use by another process. Stop that process, or set {setting} to another address."
                : $"{url.Host}:{url.Port} cannot be listened on: {fault.Message}. Set {setting} to another address.");
        }
    }
}
