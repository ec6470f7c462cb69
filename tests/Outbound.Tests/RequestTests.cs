using System.Text;
using Kener.Outbound.Addresses;
using Kener.Outbound.Requests;
using Kener.TestKit;

namespace Kener.Outbound.Tests;

public sealed class RequestTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task A_request_identifies_Kener_and_has_what_the_user_set()
    {
        await using var server = RawServer.Saying(Ok);
        using var door = Doors.Open();
        await door.GetAsync(server.Url);
        await SendAsync(door, new OutboundRequest(server.Url)
        {
            Method = "POST",
            Headers = [new("user-agent", "mine/1"), new("accept", "text/html"), new("X-Two", "a"), new("X-Two", "b"), new("Host", "other.example"), new("Content-Type", "application/json")],
            Body = "{}"u8.ToArray(),
        });
        await SendAsync(door, new OutboundRequest(server.Url) { Method = "GET", Body = "body"u8.ToArray() });
        await SendAsync(door, new OutboundRequest(server.Url) { Method = "PUT", Body = "body"u8.ToArray() });
        Assert.Matches(@"\AGET / HTTP/1.1\r\n(.*\r\n)*User-Agent: Kener/\d+\.\d+\.\d+\r\n", server.Requests[0]);
        Assert.Contains("Accept: */*\r\n", server.Requests[0]);
        Assert.DoesNotContain("traceparent", server.Requests[0]);
        foreach (var line in new[] { "POST / ", "user-agent: mine/1", "accept: text/html", "X-Two: a, b", "Host: other.example", "Content-Type: application/json", "\r\n\r\n{}" })
            Assert.Contains(line, server.Requests[1], StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Kener/", server.Requests[1]);
        Assert.EndsWith("\r\n\r\nbody", server.Requests[2]);
        Assert.Contains("Content-Type: application/x-www-form-urlencoded", server.Requests[3]);
    }

    [Theory]
    [InlineData("X-A", "b\r\nX-Evil: c")]
    [InlineData("X-A", "b\nc")]
    [InlineData("X-A", "naïve")]
    [InlineData("X-A\r\nX-Evil", "b")]
    [InlineData("X A", "b")]
    [InlineData("", "b")]
    [InlineData("Content-Length", "5")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("Connection", "keep-alive")]
    [InlineData("Upgrade", "websocket")]
    [InlineData("Expect", "100-continue")]
    [InlineData("Host", "a/b")]
    [InlineData("Host", "a@b")]
    [InlineData("Host", "a b")]
    public async Task A_header_that_would_break_the_request_is_refused(string name, string value)
    {
        await using var server = RawServer.Saying(Ok);
        using var door = Doors.Open();
        var fault = await door.FaultAsync(new OutboundRequest(server.Url) { Headers = [new(name, value)] });
        Assert.Equal(OutboundFaultKind.Refused, fault.Kind);
        Assert.DoesNotContain("Evil", fault.Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_user_name_and_password_in_the_URL_are_sent_as_basic_authentication()
    {
        await using var server = RawServer.Saying(Ok);
        using var door = Doors.Open();
        await door.GetAsync(new Uri($"http://me:s%3Acret@127.0.0.1:{server.Port}/"));
        Assert.Contains($"Authorization: Basic {Convert.ToBase64String("me:s:cret"u8)}", server.Requests[0]);
    }

    [Theory]
    [InlineData(1, "a", false)]
    [InlineData(2, "ab", true)]
    [InlineData(3, "ab", true)]
    public async Task A_body_is_kept_up_to_the_limit(int most, string kept, bool whole)
    {
        await using var server = RawServer.Saying("HTTP/1.1 503 Away\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n");
        using var door = Doors.Open();
        var answer = await SendAsync(door, new OutboundRequest(server.Url) { MaxBody = most, KeepsBody = true });
        Assert.Equal((503, kept, whole), (answer.Status, Encoding.ASCII.GetString(answer.Body.Span), answer.IsWhole));
    }

    private static Task<OutboundAnswer> SendAsync(OutboundDoor door, OutboundRequest request) =>
        door.SendAsync(request, OutboundPolicy.Monitor, TestContext.Current.CancellationToken);
}
