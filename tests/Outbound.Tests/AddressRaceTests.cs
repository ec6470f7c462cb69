using System.Net;
using System.Net.Sockets;
using Kener.Outbound.Requests;
using Kener.TestKit;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Outbound.Tests;

/// <summary>A silent address does not prevent a name's other addresses from being tried (RFC 8305).</summary>
public sealed class AddressRaceTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    [Theory]
    [InlineData(1, "127.0.0.2", "127.0.0.1")]
    [InlineData(3, "127.0.0.2", "127.0.0.1")]
    [InlineData(10, "127.0.0.2", "127.0.0.1")]
    [InlineData(3, "::1", "127.0.0.1")]
    [InlineData(3, "127.0.0.2", "127.0.0.3", "::1", "127.0.0.1")]
    [InlineData(3, "::1", "::ffff:127.0.0.1")]
    public async Task A_silent_address_delays_the_next_attempt_by_a_quarter_of_a_second(double timeout, params string[] addresses)
    {
        await using var server = RawServer.Saying(Ok);
        using var silent = new SilentPort(server.Port, addresses[..^1]);
        var clock = new WatchedClock(AttemptDelay);
        using var door = Doors.Open(lookup: Doors.Answering(addresses), clock: clock);
        var asked = door.GetAsync(new Uri($"http://several.example:{server.Port}/"), timeout);
        // Attempts start by this clock alone, which stays within the request's time limit. An attempt is under way before its wait begins.
        for (var turn = 1; turn < addresses.Length; turn++)
        {
            await Eventually.TrueAsync(() => Task.FromResult(silent.Attempts.Count == turn && clock.Waits == turn));
            Assert.False(asked.IsCompleted);
            clock.Advance(AttemptDelay);
        }
        Assert.Equal(200, (await asked).Status);
        // The attempts that lost are cancelled.
        await Eventually.TrueAsync(() => Task.FromResult(silent.Attempts.Count == 0));
    }

    [Fact]
    public async Task The_address_families_alternate_and_the_system_clock_works_too()
    {
        using var listener = new TcpListener(IPAddress.IPv6Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var served = ServeAsync(listener);
        using var silent = new SilentPort(port, "127.0.0.2", "127.0.0.3");
        using var door = Doors.Open(lookup: Doors.Answering(["127.0.0.2", "127.0.0.3", "::1"]));
        // An attempt to connect to a silent address fails after minutes, if at all.
        Assert.Equal(200, (await door.GetAsync(new Uri($"http://several.example:{port}/"))).Status);
        await served;
    }

    [Fact]
    public async Task After_a_refused_connection_the_next_address_is_tried_at_once()
    {
        await using var server = RawServer.Saying(Ok);
        var clock = new FakeTimeProvider();
        using var door = Doors.Open(lookup: Doors.Answering(["127.0.0.2", "::1", "127.0.0.3", "127.0.0.1"]), clock: clock);
        Assert.Equal(200, (await door.GetAsync(new Uri($"http://several.example:{server.Port}/"))).Status);
    }

    [Fact]
    public async Task A_forbidden_address_is_not_tried()
    {
        await using var server = RawServer.Saying(Ok);
        var clock = new FakeTimeProvider();
        using var door = Doors.Open(lookup: Doors.Answering(["169.254.169.254", "fe80::1", "127.0.0.1"]), clock: clock);
        Assert.Equal(200, (await door.GetAsync(new Uri($"http://several.example:{server.Port}/"))).Status);
    }

    [Fact]
    public async Task If_all_addresses_are_silent_the_request_times_out_and_no_attempt_remains()
    {
        using var held = LocalPort.Refusing(out var port);
        using var silent = new SilentPort(port, "127.0.0.2", "127.0.0.3");
        var clock = new WatchedClock(AttemptDelay);
        using var door = Doors.Open(lookup: Doors.Answering(["127.0.0.2", "127.0.0.3"]), clock: clock);
        var asked = door.FaultAsync(new OutboundRequest(new Uri($"http://several.example:{port}/")) { Timeout = TimeSpan.FromSeconds(1) });
        await Eventually.TrueAsync(() => Task.FromResult(silent.Attempts.Count == 1 && clock.Waits == 1));
        clock.Advance(AttemptDelay);
        await Eventually.TrueAsync(() => Task.FromResult(silent.Attempts.Count == 2));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(OutboundFaultKind.Timeout, (await asked).Kind);
        await Eventually.TrueAsync(() => Task.FromResult(silent.Attempts.Count == 0));
    }

    [Fact]
    public async Task If_all_addresses_fail_the_last_failure_is_reported()
    {
        using var held = LocalPort.Refusing(out var port);
        using var door = Doors.Open(lookup: Doors.Answering(["127.0.0.2", "::1", "127.0.0.1"]));
        Assert.Equal("Connection refused", (await door.FaultAsync(new OutboundRequest(new Uri($"http://several.example:{port}/")))).Message);
    }

    [Fact]
    public async Task Of_a_thousand_addresses_at_most_sixteen_are_tried()
    {
        using var held = LocalPort.Refusing(out var port);
        using var listener = new TcpListener(IPAddress.Parse("127.0.0.18"), port);
        listener.Start();
        using var door = Doors.Open(lookup: Doors.Answering([.. Enumerable.Range(1, 1000).Select(i => $"127.0.{i / 250}.{(i % 250) + 1}")]));
        Assert.Equal("Connection refused", (await door.FaultAsync(new OutboundRequest(new Uri($"http://many.example:{port}/")))).Message);
        Assert.False(listener.Pending());
    }

    private static async Task ServeAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(Ok), TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Send);
        // Reads to the end, because closing a connection with unread data would reset it.
        while (await stream.ReadAsync(new byte[1024], TestContext.Current.CancellationToken) > 0) { }
    }
}
