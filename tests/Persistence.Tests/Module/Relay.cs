using System.Net;
using System.Net.Sockets;
using Kener.TestKit;

namespace Kener.Persistence.Tests;

/// <summary>A connection to a server that a test can cut and mend.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly string _host;
    private readonly int _port;
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _open = [];
    private TcpListener? _listener;

    public Relay(string host, int port)
    {
        (_host, _port) = (host, port);
        Mend();
    }

    /// <summary>The port to connect to; it stays the same.</summary>
    public int Port { get; } = LocalPort.Free();

    /// <summary>Ends all connections and refuses new ones.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _listener?.Stop();
            _listener = null;
            foreach (var client in _open) client.Dispose();
            _open.Clear();
        }
    }

    public void Mend()
    {
        lock (_gate)
        {
            _listener = new TcpListener(IPAddress.Loopback, Port) { ExclusiveAddressUse = false };
            _listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _listener.Start();
            _ = AcceptAsync(_listener);
        }
    }

    public ValueTask DisposeAsync()
    {
        Cut();
        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true) _ = CarryAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // Cut: no more connections are accepted.
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var far = new TcpClient();
        lock (_gate)
        {
            _open.Add(near);
            _open.Add(far);
        }
        try
        {
            await far.ConnectAsync(_host, _port);
            await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
        }
        catch (Exception cut) when (cut is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut, or one side closed the connection.
        }
        near.Dispose();
    }
}
