using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Kener.TestKit;

/// <summary>Ports on this machine.</summary>
public static class LocalPort
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>Returns a port that refuses connections and that no other program gets, until the socket is disposed.</summary>
    public static Socket Refusing(out int port)
    {
        var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Bound, but not listening.
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)held.LocalEndPoint!).Port;
        return held;
    }

    /// <summary>
    /// Returns a free port below the kernel's range of ephemeral ports, so that it is still free at a restart. Never returns a port twice: a server
    /// that is starting may not have opened its port yet.
    /// </summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 20_000);
            if (!Given.TryAdd(port, true)) continue;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // In use: try another.
            }
        }
    }
}
