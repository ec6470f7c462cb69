using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kener.Outbound.Addresses;

/// <summary>
/// Opens connections; no other code does. Each address is judged as the socket opens, and the connection goes to exactly that address, so a name
/// that resolves differently the next time (DNS rebinding) gains nothing (Behavior: OUT-4).
/// </summary>
internal sealed class Connector(AddressRules rules, NameLookup lookup, TimeProvider clock)
{
    // RFC 8305, section 8: how long an attempt runs before the next one starts.
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);
    // A name may resolve to thousands of addresses; one check must not try them all.
    private const int MostAddresses = 16;
    private static readonly IdnMapping Idn = new();

    /// <summary>
    /// Connects to one of the name's allowed addresses. They are tried in turn, with alternating families: the next attempt starts when the previous
    /// one has failed or been silent for 250 ms, and the first to connect wins. <paramref name="cancel"/> limits the total time.
    /// </summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, OutboundPolicy policy, CancellationToken cancel)
    {
        var found = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await AddressesAsync(target, cancel);
        var allowed = found.Where(address => rules.Allows(address, policy)).ToArray();
        if (allowed.Length == 0) throw Refused(target.Host, found);
        return await RaceAsync(Alternating(allowed).Take(MostAddresses), target.Port, cancel);
    }

    private async Task<Stream> RaceAsync(IEnumerable<IPAddress> addresses, int port, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var waiting = new Queue<IPAddress>(addresses);
        List<Task<Stream>> attempts = [];
        try
        {
            while (true)
            {
                if (waiting.TryDequeue(out var next)) attempts.Add(OpenAsync(next, port, end.Token));
                if (await FirstAsync(attempts, waiting.Count > 0, end.Token) is not { } ended) continue;
                attempts.Remove(ended);
                if (ended.IsCompletedSuccessfully || (attempts.Count == 0 && waiting.Count == 0)) return await ended;
            }
        }
        finally
        {
            await end.CancelAsync();
            foreach (var loser in attempts) _ = CloseAsync(loser);
        }
    }

    /// <summary>Returns the first attempt that ends; null when it is time to try the next address.</summary>
    private async Task<Task<Stream>?> FirstAsync(List<Task<Stream>> attempts, bool isAnotherWaiting, CancellationToken cancel)
    {
        if (!isAnotherWaiting) return await Task.WhenAny(attempts);
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var delay = Task.Delay(AttemptDelay, clock, rest.Token);
        var first = await Task.WhenAny([.. attempts, delay]);
        await rest.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        return first as Task<Stream>;
    }

    private static async Task CloseAsync(Task<Stream> loser)
    {
        try
        {
            await (await loser).DisposeAsync();
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            // Most attempts end like this. One that connected at the same instant as the winner was closed above.
        }
    }

    private static async Task<Stream> OpenAsync(IPAddress address, int port, CancellationToken cancel)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Orders the addresses with alternating families, beginning with that of the first one; within a family the resolver's order stays (RFC 8305,
    /// section 4).
    /// </summary>
    internal static IEnumerable<IPAddress> Alternating(IReadOnlyList<IPAddress> addresses)
    {
        var first = addresses.Where(address => FamilyOf(address) == FamilyOf(addresses[0])).ToList();
        var second = addresses.Where(address => FamilyOf(address) != FamilyOf(addresses[0])).ToList();
        for (var i = 0; i < Math.Max(first.Count, second.Count); i++)
        {
            if (i < first.Count) yield return first[i];
            if (i < second.Count) yield return second[i];
        }
    }

    private static AddressFamily FamilyOf(IPAddress address) => address.IsIPv4MappedToIPv6 ? AddressFamily.InterNetwork : address.AddressFamily;

    private async Task<IPAddress[]> AddressesAsync(DnsEndPoint target, CancellationToken cancel)
    {
        var (name, family) = (target.Host, target.AddressFamily);
        try
        {
            // The system's resolver does not convert international names.
            var found = await lookup(Ascii.IsValid(name) ? name : Idn.GetAscii(name), cancel);
            if (family != AddressFamily.Unspecified) found = [.. found.Where(address => FamilyOf(address) == family)];
            return found.Length > 0 ? found : throw new SocketException((int)SocketError.HostNotFound);
        }
        // The resolver and the conversion throw ArgumentException for names that are too long or invalid.
        catch (Exception fault) when (fault is SocketException or ArgumentException)
        {
            var to = family switch { AddressFamily.InterNetwork => " to an IPv4 address", AddressFamily.InterNetworkV6 => " to an IPv6 address", _ => "" };
            throw new OutboundFault(OutboundFaultKind.Unreachable, $"The name {name} cannot be resolved{to}", fault);
        }
    }

    private static OutboundFault Refused(string host, IPAddress[] found) => new(OutboundFaultKind.Refused,
        found.Length == 1 && found[0].ToString() == host.Trim('[', ']') ? $"Connections to {host} are not allowed"
            : $"{host} leads to {string.Join(", ", found.Take(3).Select(address => address.ToString()))}, to which connections are not allowed");
}
