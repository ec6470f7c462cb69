using System.Net;
using System.Net.Sockets;
using Kener.Outbound.Addresses;
using Kener.TestKit;

namespace Kener.Outbound.Tests;

/// <summary>Tests that connections without HTTP follow the same address rules.</summary>
public sealed class ConnectTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    [InlineData("one.example", "127.0.0.1")]
    public async Task A_connection_sends_and_receives_bytes(string host, string address)
    {
        using var listener = Listening(address);
        using var door = Doors.Open(lookup: Doors.Answering(["127.0.0.1"]));
        await using var stream = await door.ConnectAsync(new DnsEndPoint(host, Port(listener)), Long, OutboundPolicy.Monitor, TestContext.Current.CancellationToken);
        using var other = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        stream.WriteByte(1);
        Assert.Equal(1, other.GetStream().ReadByte());
        other.GetStream().WriteByte(2);
        Assert.Equal(2, stream.ReadByte());
    }

    [Theory]
    [InlineData("169.254.169.254", "Connections to 169.254.169.254 are not allowed")]
    [InlineData("::ffff:169.254.169.254", "Connections to ::ffff:169.254.169.254 are not allowed")]
    [InlineData("fe80::1", "Connections to fe80::1 are not allowed")]
    [InlineData("0x7f000001", "0x7f000001 leads to 127.0.0.1, to which connections are not allowed")]
    [InlineData("innocent.example", "innocent.example leads to 169.254.169.254, to which connections are not allowed")]
    public async Task A_forbidden_address_is_refused(string host, string message)
    {
        using var door = Doors.Open(deny: "127.0.0.0/8", lookup: Doors.Answering(["169.254.169.254"]));
        var fault = await FaultAsync(door, new DnsEndPoint(host, 1));
        Assert.Equal((OutboundFaultKind.Refused, message), (fault.Kind, fault.Message));
    }

    [Fact]
    public async Task Fetching_reaches_public_addresses_only()
    {
        using var door = Doors.Open();
        Assert.Equal(OutboundFaultKind.Refused, (await FaultAsync(door, new DnsEndPoint("127.0.0.1", 1), policy: OutboundPolicy.Fetch)).Kind);
    }

    [Fact]
    public async Task A_port_that_refuses_connections_is_unreachable()
    {
        using var held = LocalPort.Refusing(out var port);
        using var door = Doors.Open();
        var fault = await FaultAsync(door, new DnsEndPoint("127.0.0.1", port));
        Assert.Equal((OutboundFaultKind.Unreachable, "Connection refused"), (fault.Kind, fault.Message));
    }

    [Fact]
    public async Task A_silent_port_fails_after_the_timeout()
    {
        using var held = LocalPort.Refusing(out var port);
        using var silent = new SilentPort(port, "127.0.0.2");
        using var door = Doors.Open();
        var fault = await FaultAsync(door, new DnsEndPoint("127.0.0.2", port), TimeSpan.FromMilliseconds(100));
        Assert.Equal((OutboundFaultKind.Timeout, "The connection timed out"), (fault.Kind, fault.Message));
        await Eventually.TrueAsync(() => Task.FromResult(silent.Attempts.Count == 0));
    }

    [Fact]
    public async Task A_canceled_attempt_ends_and_leaves_no_connection()
    {
        using var held = LocalPort.Refusing(out var port);
        using var silent = new SilentPort(port, "127.0.0.2");
        using var door = Doors.Open();
        using var stop = new CancellationTokenSource();
        var attempt = door.ConnectAsync(new DnsEndPoint("127.0.0.2", port), Long, OutboundPolicy.Monitor, stop.Token);
        await Eventually.TrueAsync(() => Task.FromResult(silent.Attempts.Count == 1));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attempt);
        await Eventually.TrueAsync(() => Task.FromResult(silent.Attempts.Count == 0));
    }

    [Fact]
    public async Task Only_addresses_of_the_chosen_family_are_used()
    {
        using var four = Listening("127.0.0.1");
        using var door = Doors.Open(lookup: Doors.Answering(["::1", "127.0.0.1"], ["::1"]));
        await using (await door.ConnectAsync(new DnsEndPoint("both.example", Port(four), AddressFamily.InterNetwork), Long, OutboundPolicy.Monitor, TestContext.Current.CancellationToken))
            Assert.True(four.Pending());
        var fault = await FaultAsync(door, new DnsEndPoint("six.example", Port(four), AddressFamily.InterNetwork));
        Assert.Equal((OutboundFaultKind.Unreachable, "The name six.example cannot be resolved to an IPv4 address"), (fault.Kind, fault.Message));
    }

    [Fact]
    public async Task An_international_name_is_resolved_in_its_ASCII_form()
    {
        var asked = "";
        using var door = Doors.Open(lookup: (name, _) =>
        {
            asked = name;
            return Task.FromResult<IPAddress[]>([]);
        });
        var fault = await FaultAsync(door, new DnsEndPoint("b\u00fccher.example", 1));
        Assert.Equal(("xn--bcher-kva.example", "The name b\u00fccher.example cannot be resolved"), (asked, fault.Message));
    }

    private static TcpListener Listening(string address)
    {
        var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        return listener;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static async Task<OutboundFault> FaultAsync(OutboundDoor door, DnsEndPoint target, TimeSpan? timeout = null, OutboundPolicy policy = OutboundPolicy.Monitor) =>
        await Assert.ThrowsAsync<OutboundFault>(() => door.ConnectAsync(target, timeout ?? Long, policy, TestContext.Current.CancellationToken));
}
