using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Kener.TestKit;

/// <summary>A port that forwards to a server's port, so that a test can cut the connections between the server and its clients.</summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, Socket> _connections = [];
    private readonly int _target;
    private readonly Task _accepting;

    private Relay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The number of connections since the start.</summary>
    public int Connections { get; private set; }

    /// <summary>Forwards to this port of this machine.</summary>
    public static Relay To(int port) => new(port);

    /// <summary>Resets every connection, as a broken network does; new connections are forwarded as before.</summary>
    public void Cut()
    {
        foreach (var (client, server) in _connections)
        {
            Reset(client);
            Reset(server);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        Cut();
        _stop.Dispose();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            // A linger time of zero makes Close send a reset: data in flight is lost, and both ends notice.
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (ObjectDisposedException)
        {
            // It was closed meanwhile.
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = LeadAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The relay was disposed of.
        }
    }

    private async Task LeadAsync(Socket client)
    {
        Connections++;
        using var from = client;
        using var to = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await to.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
            from.NoDelay = to.NoDelay = true;
            _connections[from] = to;
            await Task.WhenAny(PassAsync(from, to), PassAsync(to, from));
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection was refused or cut.
        }
        finally
        {
            _connections.TryRemove(from, out _);
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[16_384];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection was cut, or one end closed it.
        }
    }
}
