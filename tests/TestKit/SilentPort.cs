using System.Net;
using System.Net.Sockets;

namespace Kener.TestKit;

/// <summary>A port that answers no connection attempt: it listens, and its backlog is full.</summary>
public sealed class SilentPort : IDisposable
{
    private const string SynSent = "02";
    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];
    private readonly List<Socket> _sockets = [];
    private readonly string _port;

    /// <summary>Opens the port on these addresses.</summary>
    public SilentPort(int port, params string[] addresses)
    {
        _port = port.ToString("X4", null);
        foreach (var address in addresses.Select(IPAddress.Parse))
        {
            var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(listener);
            listener.Bind(new IPEndPoint(address, port));
            listener.Listen(0);
            var filler = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _sockets.Add(filler);
            filler.Connect(address, port);
        }
    }

    /// <summary>The pending connection attempts of this machine to the port.</summary>
    public IReadOnlyList<string> Attempts => [.. Tables.SelectMany(File.ReadAllLines).Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length > 3 && fields[2].EndsWith(':' + _port, StringComparison.Ordinal) && fields[3] == SynSent).Select(fields => fields[2])];

    /// <inheritdoc />
    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
