using System.Net;
using System.Net.Sockets;
using Kener.Agent.Checks;
using Kener.Contracts;
using Kener.Outbound;
using Kener.Outbound.Addresses;
using Kener.TestKit;

namespace Kener.Agent.Tests;

/// <summary>Tests TCP monitors with real ports (Behavior: CHK-14).</summary>
public sealed class TcpCheckTests
{
    [Fact]
    public async Task Ports_that_accept_connections_are_up()
    {
        using var four = Listening("127.0.0.1");
        using var six = Listening("::1");
        foreach (var (host, listener) in new[] { ("127.0.0.1", four), (" 127.0.0.1 ", four), ("localhost", four), ("::1", six), ("[::1]", six) })
        {
            var verdict = await CheckAsync([On(host, listener)]);
            Assert.Equal((MonitorStatus.Up, "REALTIME", null), Brief(verdict));
            Assert.True(verdict.Latency is >= 0 and < double.MaxValue);
        }
    }

    [Fact]
    public async Task A_server_that_sends_anything_or_closes_at_once_is_up()
    {
        using var nonsense = Listening("127.0.0.1");
        using var closing = Listening("127.0.0.1");
        Task[] served = [ServeOnceAsync(nonsense, new byte[100]), ServeOnceAsync(closing, [])];
        Assert.Equal((MonitorStatus.Up, "REALTIME", null), Brief(await CheckAsync([On("127.0.0.1", nonsense), On("127.0.0.1", closing)])));
        await Task.WhenAll(served);
    }

    [Fact]
    public async Task A_port_that_refuses_connections_makes_the_monitor_down_with_the_reason()
    {
        using var open = Listening("127.0.0.1");
        using var held = LocalPort.Refusing(out var port);
        var verdict = await CheckAsync([On("127.0.0.1", open), new { host = "127.0.0.1", port }, new { host = "[::1]", port }]);
        Assert.Equal((MonitorStatus.Down, "ERROR", $"127.0.0.1:{port}: Connection refused; [::1]:{port}: Connection refused"), Brief(verdict));
    }

    [Fact]
    public async Task Silent_ports_are_down_after_their_own_timeouts()
    {
        using var open = Listening("127.0.0.1");
        using var held = LocalPort.Refusing(out var port);
        using var silent = new SilentPort(port, "127.0.0.2", "127.0.0.3");
        object[] hosts = [On("127.0.0.1", open), new { host = "127.0.0.2", port, timeout = 100 }, new { host = "127.0.0.3", port, timeout = "150" }];
        Assert.Equal((MonitorStatus.Down, "TIMEOUT", $"127.0.0.2:{port}: The connection timed out; 127.0.0.3:{port}: The connection timed out"), Brief(await CheckAsync(hosts)));
        var mixed = await CheckAsync([.. hosts, new { host = "127.0.0.1", port }]);
        Assert.Equal((MonitorStatus.Down, "ERROR"), (mixed.Status, mixed.Type));
        await Eventually.TrueAsync(() => Task.FromResult(silent.Attempts.Count == 0));
    }

    [Fact]
    public async Task All_hosts_are_tried_at_the_same_time_until_the_check_is_canceled()
    {
        using var held = LocalPort.Refusing(out var port);
        string[] addresses = [.. Enumerable.Range(2, 100).Select(i => $"127.0.0.{i}")];
        using var silent = new SilentPort(port, addresses);
        using var stop = new CancellationTokenSource();
        var check = CheckAsync([.. addresses.Select(host => new { host, port, timeout = 55_000 })], cancel: stop.Token);
        await Eventually.TrueAsync(() => Task.FromResult(silent.Attempts.Count == 100));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => check);
        await Eventually.TrueAsync(() => Task.FromResult(silent.Attempts.Count == 0));
    }

    [Fact]
    public async Task The_address_type_applies_only_to_names()
    {
        using var six = Listening("::1");
        Task<IPAddress[]> LookUp(string name, CancellationToken cancel) =>
            Task.FromResult<IPAddress[]>(name == "four.example" ? [IPAddress.Parse("127.0.0.1")] : [IPAddress.Parse("127.0.0.1"), IPAddress.IPv6Loopback]);
        Assert.Equal(MonitorStatus.Up, (await CheckAsync([On("both.example", six, "IP6"), On("both.example", six), On("::1", six, "IP4")], LookUp)).Status);
        Assert.Equal($"both.example:{Port(six)}: Connection refused", (await CheckAsync([On("both.example", six, "IP4")], LookUp)).Message);
        Assert.Equal($"four.example:{Port(six)}: The name four.example cannot be resolved to an IPv6 address", (await CheckAsync([On("four.example", six, "IP6")], LookUp)).Message);
    }

    [Theory]
    [InlineData("169.254.169.254", "169.254.169.254:80: Connections to 169.254.169.254 are not allowed")]
    [InlineData("[fe80::1]", "[fe80::1]:80: Connections to fe80::1 are not allowed")]
    [InlineData("0", "0:80: 0 leads to 0.0.0.0, to which connections are not allowed")]
    [InlineData("forbidden.example", "forbidden.example:80: forbidden.example leads to 169.254.169.254, to which connections are not allowed")]
    [InlineData("unknown.example", "unknown.example:80: The name unknown.example cannot be resolved")]
    public async Task A_forbidden_address_or_an_unknown_name_is_down_with_the_reason(string host, string message)
    {
        var verdict = await CheckAsync([new { host }], (name, _) => Task.FromResult<IPAddress[]>(name.StartsWith("forbidden", StringComparison.Ordinal) ? [IPAddress.Parse("169.254.169.254")] : []));
        Assert.Equal((MonitorStatus.Down, "ERROR", message), Brief(verdict));
    }

    [Fact]
    public async Task Invalid_type_data_is_down_with_the_reason()
    {
        foreach (var (data, message) in new (object Data, string Message)[]
        {
            (new { }, "hosts: is missing"), (new { hosts = "" }, "hosts: is missing"), (new { hosts = "x" }, "hosts: give a list"),
            (new { hosts = new[] { new { port = 1 } } }, "hosts[0].host: is missing"), (new { hosts = new[] { new { host = "a b" } } }, "hosts[0].host: give a host name or an IP address"),
            (new { hosts = new[] { new { host = "a", port = 0 } } }, "hosts[0].port: give a whole number from 1 to 65535"),
            (new { hosts = new[] { new { host = "a", timeout = 55_001 } } }, "hosts[0].timeout: give a whole number from 1 to 55000"),
        })
            Assert.Equal((MonitorStatus.Down, "ERROR", message), Brief(await Given.Types().Prepare(Given.Monitor(1, data: data, type: "TCP"))(TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Code_in_a_monitor_is_not_run()
    {
        using var open = Listening("127.0.0.1");
        var data = new { hosts = new[] { On("127.0.0.1", open) }, tcpEval = "(async () => ({ status: 'DOWN', latency: 1 }))" };
        Assert.Equal(MonitorStatus.Up, (await Given.Types().Prepare(Given.Monitor(1, data: data, type: "TCP"))(TestContext.Current.CancellationToken)).Status);
    }

    private static async Task ServeOnceAsync(TcpListener listener, byte[] answer)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        try
        {
            await client.GetStream().WriteAsync(answer, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // The check reads nothing.
        }
    }

    private static object On(string host, TcpListener listener, string type = "DOMAIN") => new { host, port = Port(listener), type };

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static TcpListener Listening(string address)
    {
        var listener = new TcpListener(IPAddress.Parse(address), 0);
        listener.Start();
        return listener;
    }

    private static (MonitorStatus, string, string?) Brief(CheckOutcome verdict) => (verdict.Status, verdict.Type, verdict.Message);

    private static Task<CheckOutcome> CheckAsync(object[] hosts, NameLookup? lookup = null, CancellationToken? cancel = null) =>
        Given.Types(new OutboundSettings(), lookup).Prepare(Given.Monitor(1, data: new { hosts }, type: "TCP"))(cancel ?? TestContext.Current.CancellationToken);
}
