using System.Net;
using System.Net.Sockets;

namespace Kener.TestKit;

/// <summary>Ports of this machine.</summary>
public static class LocalPort
{
    /// <summary>One on which nobody listens; below the range from which the kernel takes ports for others, so that it is free again at a restart.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 20_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another.
            }
        }
    }
}
