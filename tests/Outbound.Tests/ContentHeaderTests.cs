using CsCheck;
using Kener.Outbound.Addresses;
using Kener.Outbound.Requests;
using Kener.TestKit;

namespace Kener.Outbound.Tests;

/// <summary>Every header that an operator sets is sent, also content headers without a body, which .NET would leave out.</summary>
public sealed class ContentHeaderTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static readonly (string Name, string Value)[] OfContent =
    [
        ("Allow", "GET, HEAD"), ("Content-Disposition", "attachment"), ("Content-Encoding", "gzip"), ("Content-Language", "de"), ("Content-Location", "/a"),
        ("Content-MD5", "Q2hlY2sgSW50ZWdyaXR5IQ=="), ("Content-Range", "bytes 0-1/2"), ("Content-Type", "application/json"), ("Expires", "Thu, 01 Dec 1994 16:00:00 GMT"),
        ("Last-Modified", "Thu, 01 Dec 1994 16:00:00 GMT"),
    ];

    [Theory]
    [InlineData("GET", null)]
    [InlineData("HEAD", null)]
    [InlineData("OPTIONS", null)]
    [InlineData("DELETE", null)]
    [InlineData("POST", null)]
    [InlineData("PUT", null)]
    [InlineData("PATCH", null)]
    [InlineData("GET", "body")]
    [InlineData("POST", "body")]
    public async Task Content_headers_are_sent_with_and_without_a_body(string method, string? body)
    {
        await using var server = RawServer.Saying(method == "HEAD" ? "HTTP/1.1 200 OK\r\n\r\n" : Ok);
        using var door = Doors.Open();
        foreach (var (name, value) in OfContent)
        {
            await SendAsync(door, new OutboundRequest(server.Url) { Method = method, Body = body is null ? null : "body"u8.ToArray(), Headers = [new(name, value)] });
            Assert.StartsWith(method + " ", server.Requests[^1]);
            Assert.Single(server.Requests[^1].Split("\r\n"), $"{name}: {value}");
            Assert.EndsWith("\r\n\r\n" + body, server.Requests[^1]);
        }
    }

    [Fact]
    public async Task A_request_without_content_headers_and_body_has_no_length_and_no_type()
    {
        await using var server = RawServer.Saying(Ok);
        using var door = Doors.Open();
        await SendAsync(door, new OutboundRequest(server.Url) { Headers = [new("X-Mine", "yes"), new("If-Match", "\"a\"")] });
        Assert.DoesNotContain("Content-", server.Requests[0]);
        await SendAsync(door, new OutboundRequest(server.Url) { Method = "POST", Headers = [new("Content-Language", "de")] });
        Assert.DoesNotContain("Content-Type", server.Requests[1]);
    }

    [Fact]
    public async Task A_redirect_that_drops_the_body_drops_its_headers_and_another_keeps_them()
    {
        await using var target = RawServer.Saying(Ok);
        await using var server = RawServer.Start((head, stream, cancel) => stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
            head.Contains("/next", StringComparison.Ordinal) ? Ok : "HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"), cancel).AsTask());
        using var door = Doors.Open();
        var request = new OutboundRequest(server.Url) { Headers = [new("Content-Type", "application/json")] };
        await SendAsync(door, request with { Method = "POST", Body = "{}"u8.ToArray() });
        Assert.Contains("Content-Type: application/json", server.Requests[0]);
        Assert.StartsWith("GET /next", server.Requests[1]);
        Assert.DoesNotContain("Content-", server.Requests[1]);
        await SendAsync(door, request);
        Assert.Contains("Content-Type: application/json", server.Requests[3]);
    }

    [Fact]
    public async Task Every_accepted_header_is_sent()
    {
        string[] known =
        [
            "Accept-Charset", "Accept-Encoding", "Accept-Ranges", "Age", "Alt-Svc", "Authorization", "Cache-Control", "Cookie", "Date", "ETag", "Forwarded", "From",
            "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Link", "Location", "Max-Forwards", "Origin", "Pragma", "Range", "Referer",
            "Retry-After", "Server", "Set-Cookie", "Strict-Transport-Security", "Vary", "Via", "Warning", "WWW-Authenticate", "X-Forwarded-For", .. OfContent.Select(header => header.Name),
        ];
        await using var server = RawServer.Saying(Ok);
        using var door = Doors.Open();
        var words = Gen.OneOf(Gen.Int[0, known.Length - 1].Select(i => known[i]), Gen.Char["abcXYZ09-_.!#$%&'*+^`|~"].Array[1, 20].Select(letters => "x" + new string(letters)));
        string[] usual = ["bytes", "*/*", "W/\"a\"", "not a date", "a, b", "x=1; y"];
        var values = Gen.OneOf(Gen.Int[0, usual.Length - 1].Select(i => usual[i]), Gen.Char[' ', '~'].Array[1, 30].Select(letters => new string(letters).Trim()));
        await Gen.Select(words, values).SampleAsync(async (name, value) =>
        {
            if (RequestHeaders.Fault(name, value) is not null) return;
            var host = Guid.NewGuid().ToString("N");
            await SendAsync(door, new OutboundRequest(new Uri(server.Url, host)) { Headers = [new(name, value)] });
            var request = Assert.Single(server.Requests, head => head.Contains(host, StringComparison.Ordinal));
            Assert.Contains(request.Split("\r\n"), line => line.TrimEnd() == $"{name}: {value}".TrimEnd());
        }, iter: Scale.Of(200), threads: 1);
    }

    private static Task<OutboundAnswer> SendAsync(OutboundDoor door, OutboundRequest request) =>
        door.SendAsync(request, OutboundPolicy.Monitor, TestContext.Current.CancellationToken);
}
