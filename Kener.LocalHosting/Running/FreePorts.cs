using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;

namespace Kener.LocalHosting;

/// <summary>Ports of the loopback address that nobody uses, each given out once.</summary>
internal sealed class FreePorts
{
    // Below the range from which the kernel takes ports for others.
    private const int First = 20_000, End = 32_000, Tries = 1_000;
    private readonly HashSet<int> _given = [];

    public int Next()
    {
        for (var i = 0; i < Tries; i++)
        {
            var port = Random.Shared.Next(First, End);
            if (!_given.Contains(port) && IsFree(port) && _given.Add(port)) return port;
        }
        throw new IOException($"No port between {First} and {End} is free");
    }

    /// <summary>Stops the start where an address that was given cannot be listened on: before all else starts, and in a line.</summary>
    public static void Require(string host, int port)
    {
        if (WhyNot(IPAddress.TryParse(host, out var address) ? address : host == "localhost" ? IPAddress.Loopback : IPAddress.Any, port) is not { } fault) return;
        throw new DistributedApplicationException(fault.SocketErrorCode == SocketError.AddressAlreadyInUse
            ? $"{host}:{port} is in use by another process. Stop that process, or set Kener__Url to another address."
            : $"{host}:{port} cannot be listened on: {fault.Message}. Set Kener__Url to another address.");
    }

    private static bool IsFree(int port) => WhyNot(IPAddress.Loopback, port) is null;

    private static SocketException? WhyNot(IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return null;
        }
        catch (SocketException fault)
        {
            return fault;
        }
    }
}
