using System.Net;
using Kener.Outbound.Addresses;
using Kener.Outbound.Requests;
using Kener.TestKit;

namespace Kener.Outbound.Tests;

/// <summary>An address is judged as the socket opens, by what it is and not by its name (Behavior: OUT-4).</summary>
public sealed class ConnectionTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://0/")]
    [InlineData("http://0.0.0.0:1/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://2852039166/")]
    [InlineData("http://0xA9FEA9FE/")]
    [InlineData("http://0251.0376.0251.0376/")]
    [InlineData("http://user@169.254.169.254/")]
    public async Task A_forbidden_address_is_refused_however_it_is_written(string url)
    {
        using var door = Doors.Open();
        Assert.Equal(OutboundFaultKind.Refused, (await door.FaultAsync(new OutboundRequest(new Uri(url)))).Kind);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/")]
    [InlineData("gopher://example.com/")]
    [InlineData("data:text/plain,a")]
    [InlineData("javascript:alert(1)")]
    [InlineData("//example.com/")]
    [InlineData("/etc/passwd")]
    public async Task Only_http_and_https_are_sent(string url)
    {
        using var door = Doors.Open();
        var fault = await door.FaultAsync(new OutboundRequest(new Uri(url, UriKind.RelativeOrAbsolute)));
        Assert.Equal((OutboundFaultKind.Refused, "The address is no http or https address"), (fault.Kind, fault.Message));
    }

    [Fact]
    public async Task A_name_that_resolves_to_a_forbidden_address_is_refused()
    {
        using var door = Doors.Open(lookup: Doors.Answering(["169.254.169.254"]));
        var fault = await door.FaultAsync(new OutboundRequest(new Uri("http://innocent.example/")));
        Assert.Equal("innocent.example leads to 169.254.169.254, to which connections are not allowed", fault.Message);
    }

    [Fact]
    public async Task The_allowed_addresses_of_a_name_are_tried_in_turn()
    {
        await using var server = RawServer.Saying(Ok);
        using var door = Doors.Open(lookup: Doors.Answering(["169.254.169.254", "127.0.0.2", "127.0.0.1"]));
        Assert.Equal(200, (await door.GetAsync(new Uri($"http://several.example:{server.Port}/"))).Status);
    }

    [Fact]
    public async Task A_name_that_resolves_differently_the_next_time_gains_nothing()
    {
        await using var server = RawServer.Saying(Ok);
        using var door = Doors.Open(lookup: Doors.Answering(["127.0.0.1"], ["169.254.169.254"]));
        var url = new Uri($"http://rebinding.example:{server.Port}/");
        // A name is resolved once per connection, which goes to the address that was judged; the next connection is judged again.
        Assert.Equal(200, (await door.GetAsync(url)).Status);
        Assert.Equal(OutboundFaultKind.Refused, (await door.FaultAsync(new OutboundRequest(url))).Kind);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_fetch_reaches_loopback_addresses_only_if_they_are_allowed()
    {
        await using var server = RawServer.Saying(Ok);
        using var door = Doors.Open();
        Assert.Equal(OutboundFaultKind.Refused, (await door.FaultAsync(new OutboundRequest(server.Url), OutboundPolicy.Fetch)).Kind);
        using var listed = Doors.Open(allowFetch: "127.0.0.0/8");
        Assert.Equal(200, (await listed.SendAsync(new OutboundRequest(server.Url), OutboundPolicy.Fetch, TestContext.Current.CancellationToken)).Status);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_denied_network_is_refused_to_monitors()
    {
        await using var server = RawServer.Saying(Ok);
        using var door = Doors.Open(deny: "127.0.0.0/8");
        Assert.Equal("Connections to 127.0.0.1 are not allowed", (await door.FaultAsync(new OutboundRequest(server.Url))).Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Each_request_has_a_connection_of_its_own()
    {
        var opened = 0;
        await using var server = RawServer.Saying(Ok);
        using var door = Doors.Open(lookup: (_, _) =>
        {
            Interlocked.Increment(ref opened);
            return Task.FromResult<IPAddress[]>([IPAddress.Loopback]);
        });
        for (var i = 0; i < 3; i++) await door.GetAsync(new Uri($"http://one.example:{server.Port}/"));
        Assert.Equal(3, opened);
    }

    [Fact]
    public async Task An_unknown_name_and_a_closed_port_have_readable_messages()
    {
        using var door = Doors.Open();
        Assert.Equal("The name no-such-name.invalid cannot be resolved", (await door.FaultAsync(new OutboundRequest(new Uri("http://no-such-name.invalid/")))).Message);
        int port;
        await using (var server = RawServer.Saying(Ok)) port = server.Port;
        Assert.Equal("Connection refused", (await door.FaultAsync(new OutboundRequest(new Uri($"http://127.0.0.1:{port}/")))).Message);
    }

    [Fact]
    public async Task A_silent_resolver_causes_a_timeout()
    {
        using var door = Doors.Open(lookup: async (_, cancel) =>
        {
            await Task.Delay(Timeout.Infinite, cancel);
            return [];
        });
        var fault = await door.FaultAsync(new OutboundRequest(new Uri("http://silent.example/")) { Timeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(OutboundFaultKind.Timeout, fault.Kind);
    }

    [Fact]
    public async Task An_untrusted_certificate_is_refused_unless_any_is_accepted()
    {
        using var certificate = RawServer.SelfSigned("localhost");
        await using var server = RawServer.Saying(Ok, certificate);
        using var door = Doors.Open();
        var request = new OutboundRequest(new Uri($"https://localhost:{server.Port}/"));
        var fault = await door.FaultAsync(request);
        Assert.Equal(OutboundFaultKind.Tls, fault.Kind);
        Assert.Equal("The certificate is not trusted: self-signed, or its issuer is not known here", fault.Message);
        Assert.Equal("The certificate is for another name", (await door.FaultAsync(new OutboundRequest(server.Url))).Message);
        Assert.Equal(200, (await door.SendAsync(request with { AcceptsAnyCertificate = true }, OutboundPolicy.Monitor, TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task A_cancelled_request_throws_OperationCanceledException()
    {
        await using var server = RawServer.Start((_, _, cancel) => Task.Delay(Timeout.Infinite, cancel));
        using var door = Doors.Open();
        using var stop = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => door.SendAsync(new OutboundRequest(server.Url), OutboundPolicy.Monitor, stop.Token));
    }
}
