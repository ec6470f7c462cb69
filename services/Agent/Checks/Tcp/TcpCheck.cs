using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Kener.Contracts;
using Kener.Outbound;
using Kener.Outbound.Addresses;

namespace Kener.Agent.Checks.Tcp;

/// <summary>Opens a connection to each host of the list at the same time. UP if every host accepts it (Behavior: CHK-14).</summary>
internal sealed class TcpCheck(OutboundDoor door, IReadOnlyList<TcpTarget> targets, TimeProvider clock)
{
    public static CheckType Type(OutboundDoor door, TimeProvider clock) => new(TcpType.Descriptor.Name, data => new TcpCheck(door, Read(data), clock).RunAsync);

    private async Task<CheckOutcome> RunAsync(CancellationToken cancel)
    {
        var attempts = await Task.WhenAll(targets.Select(target => ConnectAsync(target, cancel)));
        var latency = Math.Round(attempts.Average(attempt => attempt.Latency), 2);
        var faults = attempts.Where(attempt => attempt.Fault is not null).ToList();
        if (faults.Count == 0) return CheckOutcome.Seen(MonitorStatus.Up, latency);
        var message = string.Join("; ", faults.Select(attempt => $"{attempt.Target.Name}: {attempt.Fault!.Message}"));
        return faults.TrueForAll(attempt => attempt.Fault!.Kind == OutboundFaultKind.Timeout) ? CheckOutcome.TimedOut(latency) with { Message = message }
            : CheckOutcome.Failed(MonitorStatus.Down, latency, message);
    }

    private async Task<(TcpTarget Target, double Latency, OutboundFault? Fault)> ConnectAsync(TcpTarget target, CancellationToken cancel)
    {
        var start = clock.GetTimestamp();
        try
        {
            await using var connection = await door.ConnectAsync(target.EndPoint, target.Timeout, OutboundPolicy.Monitor, cancel);
            return (target, clock.GetElapsedTime(start).TotalMilliseconds, null);
        }
        catch (OutboundFault fault)
        {
            return (target, clock.GetElapsedTime(start).TotalMilliseconds, fault);
        }
    }

    private static IReadOnlyList<TcpTarget> Read(JsonElement data) =>
        TcpType.Hosts.Read(data) is { Count: > 0 } hosts ? [.. hosts.Select(TcpTarget.Read)] : throw new FieldException(TcpType.Hosts.Name, "is missing");
}

/// <summary>A port of a host, and how long it may take to accept a connection.</summary>
internal sealed record TcpTarget(DnsEndPoint EndPoint, TimeSpan Timeout)
{
    /// <summary>Host and port as in a URL, with brackets around an IPv6 address.</summary>
    public string Name => EndPoint.Host.Contains(':', StringComparison.Ordinal) ? $"[{EndPoint.Host}]:{EndPoint.Port}" : $"{EndPoint.Host}:{EndPoint.Port}";

    public static TcpTarget Read(JsonElement item, int index)
    {
        var host = TcpType.Host.Read(item).Trim().Trim('[', ']');
        if (host.Length == 0) throw new FieldException($"hosts[{index}].host", "is missing");
        var family = TcpType.HostType.Read(item) switch { "IP4" => AddressFamily.InterNetwork, "IP6" => AddressFamily.InterNetworkV6, _ => AddressFamily.Unspecified };
        return new TcpTarget(new DnsEndPoint(host, TcpType.Port.Read(item), family), TimeSpan.FromMilliseconds(TcpType.Timeout.Read(item)));
    }
}
