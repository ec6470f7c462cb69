using Kener.Outbound.Addresses;
using Kener.Outbound.Requests;
using Kener.TestKit;

namespace Kener.Outbound.Tests;

public sealed class RedirectTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task A_redirect_is_followed_or_is_the_answer()
    {
        await using var target = RawServer.Saying(Ok);
        await using var server = RawServer.Redirecting(target.Url.ToString());
        using var door = Doors.Open();
        Assert.Equal(200, (await door.GetAsync(server.Url)).Status);
        Assert.Equal(302, (await door.GetAsync(server.Url, redirects: 0)).Status);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(304)]
    [InlineData(302)]
    public async Task A_3xx_status_without_a_location_is_the_answer(int status)
    {
        await using var server = RawServer.Saying($"HTTP/1.1 {status} Some\r\nContent-Length: 0\r\n\r\n");
        using var door = Doors.Open();
        Assert.Equal(status, (await door.GetAsync(server.Url)).Status);
    }

    [Fact]
    public async Task Redirects_in_a_circle_end_at_the_limit()
    {
        await using var server = RawServer.Redirecting("/again");
        using var door = Doors.Open();
        var fault = await door.FaultAsync(new OutboundRequest(server.Url) { MaxRedirects = 3 });
        Assert.Equal((OutboundFaultKind.Answer, "More than 3 redirects"), (fault.Kind, fault.Message));
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[::ffff:a9fe:a9fe]/")]
    [InlineData("//0.0.0.0/")]
    public async Task A_redirect_to_a_forbidden_address_is_refused(string to)
    {
        await using var server = RawServer.Redirecting(to);
        using var door = Doors.Open();
        Assert.Equal(OutboundFaultKind.Refused, (await door.FaultAsync(new OutboundRequest(server.Url))).Kind);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/")]
    [InlineData("http://")]
    public async Task A_redirect_to_another_scheme_is_a_fault(string to)
    {
        await using var server = RawServer.Redirecting(to);
        using var door = Doors.Open();
        Assert.Equal("The answer redirects to what is no http or https address", (await door.FaultAsync(new OutboundRequest(server.Url))).Message);
    }

    [Fact]
    public async Task Another_host_does_not_receive_the_secrets_of_the_first()
    {
        await using var target = RawServer.Saying(Ok);
        await using var server = RawServer.Start((head, stream, cancel) => stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            $"HTTP/1.1 302 Found\r\nLocation: {(head.StartsWith("GET /same", StringComparison.Ordinal) ? target.Url : "/same")}\r\nContent-Length: 0\r\n\r\n"), cancel).AsTask());
        using var door = Doors.Open();
        await door.SendAsync(new OutboundRequest(server.Url)
        {
            Headers = [new("Authorization", "Bearer secret"), new("Cookie", "a=secret"), new("X-Api-Key", "secret"), new("User-Agent", "mine"), new("Host", "secret.example")],
        }, OutboundPolicy.Monitor, TestContext.Current.CancellationToken);
        Assert.Contains("X-Api-Key: secret", server.Requests[1]);
        Assert.DoesNotContain("secret", target.Requests.Single());
        Assert.Contains("User-Agent: mine", target.Requests.Single());
    }

    [Theory]
    [InlineData(301, "POST", "GET")]
    [InlineData(302, "POST", "GET")]
    [InlineData(303, "PUT", "GET")]
    [InlineData(303, "HEAD", "HEAD")]
    [InlineData(302, "PUT", "PUT")]
    [InlineData(307, "POST", "POST")]
    [InlineData(308, "POST", "POST")]
    public async Task The_method_after_a_redirect_is_the_one_that_clients_use(int status, string method, string then)
    {
        await using var server = RawServer.Start((head, stream, cancel) => stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            head.Contains("/next", StringComparison.Ordinal) ? Ok : $"HTTP/1.1 {status} Go\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"), cancel).AsTask());
        using var door = Doors.Open();
        var body = method == "HEAD" ? null : "text"u8.ToArray();
        await door.SendAsync(new OutboundRequest(server.Url) { Method = method, Body = body }, OutboundPolicy.Monitor, TestContext.Current.CancellationToken);
        Assert.StartsWith($"{then} /next", server.Requests[1]);
        Assert.Equal(method == then && body is not null, server.Requests[1].EndsWith("text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_body_is_not_sent_to_another_host()
    {
        await using var target = RawServer.Saying(Ok);
        await using var server = RawServer.Redirecting(target.Url.ToString(), 307);
        using var door = Doors.Open();
        var fault = await door.FaultAsync(new OutboundRequest(server.Url) { Method = "POST", Body = "secret"u8.ToArray() });
        Assert.Equal(OutboundFaultKind.Refused, fault.Kind);
        Assert.Empty(target.Requests);
    }

    [Fact]
    public async Task A_fetch_does_not_follow_a_redirect_from_https_to_http()
    {
        using var certificate = RawServer.SelfSigned("localhost");
        await using var target = RawServer.Saying(Ok);
        await using var server = RawServer.Saying($"HTTP/1.1 302 Found\r\nLocation: {target.Url}\r\nContent-Length: 0\r\n\r\n", certificate);
        using var door = Doors.Open(allowFetch: "127.0.0.0/8");
        var request = new OutboundRequest(server.Url) { AcceptsAnyCertificate = true };
        Assert.Equal("The answer redirects from https to http", (await door.FaultAsync(request, OutboundPolicy.Fetch)).Message);
        Assert.Equal(200, (await door.SendAsync(request, OutboundPolicy.Monitor, TestContext.Current.CancellationToken)).Status);
    }
}
