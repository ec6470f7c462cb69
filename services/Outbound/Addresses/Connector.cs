using System.Net;
using System.Net.Sockets;

namespace Kener.Outbound;

/// <summary>
/// Opens connections, and no other code does. Each address is judged as the socket opens, and the connection goes to that very address: a
/// name that answers otherwise the next time gains nothing.
/// </summary>
internal sealed class Connector(AddressRules rules, NameLookup lookup)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>A connection to the first of the name's addresses that is allowed and takes it.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, OutboundPolicy policy, CancellationToken cancel)
    {
        var found = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await AddressesAsync(target.Host, cancel);
        var allowed = found.Where(address => rules.Allows(address, policy)).ToArray();
        if (allowed.Length == 0) throw Refused(target.Host, found);
        for (var i = 0; ; i++)
        {
            try
            {
                return await OpenAsync(allowed[i], target.Port, isLast: i == allowed.Length - 1, cancel);
            }
            catch (Exception fault) when (i < allowed.Length - 1 && fault is SocketException or OperationCanceledException && !cancel.IsCancellationRequested)
            {
                // The next address may do.
            }
        }
    }

    private static async Task<Stream> OpenAsync(IPAddress address, int port, bool isLast, CancellationToken cancel)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var patience = isLast ? null : CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience?.CancelAfter(Patience);
            await socket.ConnectAsync(new IPEndPoint(address, port), patience?.Token ?? cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<IPAddress[]> AddressesAsync(string name, CancellationToken cancel)
    {
        try
        {
            return await lookup(name, cancel) is { Length: > 0 } found ? found : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (SocketException fault)
        {
            throw new OutboundFault(OutboundFaultKind.Unreachable, $"The name {name} can not be resolved", fault);
        }
    }

    private static OutboundFault Refused(string host, IPAddress[] found) => new(OutboundFaultKind.Refused,
        found.Length == 1 && found[0].ToString() == host.Trim('[', ']') ? $"Connections to {host} are not allowed"
            : $"{host} leads to {string.Join(", ", found.Take(3).Select(address => address.ToString()))}, to which connections are not allowed");
}
