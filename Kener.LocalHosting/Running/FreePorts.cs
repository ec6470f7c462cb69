using System.Net;
using System.Net.Sockets;

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

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
