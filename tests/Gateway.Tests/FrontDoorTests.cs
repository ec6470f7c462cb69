using System.Net.Sockets;
using System.Text;
using Kener.Contracts;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kener.Gateway.Tests;

public sealed class FrontDoorTests
{
    private const string Incidents = "/api/v4/incidents";

    private static void Echo(IEndpointRouteBuilder app)
    {
        app.MapGet(Incidents, (HttpContext context) => string.Join('\n', context.Request.Headers.Select(header => $"{header.Key}: {header.Value}"))).Requires(Permissions.IncidentsRead);
        app.MapPost(Incidents, async (HttpContext context) => (await JsonBody.ReadAsync(context.Request, context.RequestAborted)).ToString()).Requires(Permissions.IncidentsWrite);
        app.MapGet("/incidents/{id}", (HttpContext context) => context.Request.Headers.Authorization.Count).AllowAnyone();
        app.MapGet("/secret", () => "mapped, but not in the table").AllowAnyone();
    }

    [Theory]
    [InlineData("GET", "/api/v4/nothing", 404, "NOT_FOUND", "No API route matches '/api/v4/nothing'")]
    [InlineData("GET", "/api", 404, "NOT_FOUND", "No API route matches '/api'")]
    [InlineData("GET", "/api/v4/incidents/1/2", 404, "NOT_FOUND", "No API route matches '/api/v4/incidents/1/2'")]
    [InlineData("GET", "/api/v4//incidents", 404, "NOT_FOUND", "No API route matches '/api/v4//incidents'")]
    [InlineData("PUT", "/api/v4/incidents", 405, "METHOD_NOT_ALLOWED", "PUT method not allowed")]
    [InlineData("OPTIONS", "/api/v4/incidents", 405, "METHOD_NOT_ALLOWED", "OPTIONS method not allowed")]
    [InlineData("NONSENSE", "/api/v4/incidents", 405, "METHOD_NOT_ALLOWED", "NONSENSE method not allowed")]
    public async Task A_route_or_method_that_the_table_does_not_list_is_refused_in_the_error_format(string method, string path, int status, string code, string message)
    {
        await using var host = await Embedded.StartAsync(Echo);
        using var client = host.Client(Embedded.Full);
        var answer = await client.AskAsync(method, path);
        Assert.Equal((status, code, message), answer.Error());
        if (status == 405) Assert.Equal("GET, POST", answer["Allow"]);
    }

    [Fact]
    public async Task An_endpoint_that_the_table_does_not_list_is_404()
    {
        await using var host = await Embedded.StartAsync(Echo);
        using var client = host.Client();
        var answer = await client.AskAsync("GET", "/secret");
        Assert.Equal((404, "text/plain; charset=utf-8", "Not found"), (answer.Code, answer["Content-Type"], answer.Text));
        var page = await client.AskAsync("GET", "/secret", ("Accept", "text/html,*/*"));
        Assert.Equal((404, "text/html; charset=utf-8"), (page.Code, page["Content-Type"]));
        Assert.Contains("<h1>This page does not exist</h1>", page.Text);
        Assert.Contains("style-src 'sha256-", page["Content-Security-Policy"]);
    }

    [Fact]
    public async Task Headers_by_which_a_client_claims_an_identity_or_an_address_are_removed()
    {
        await using var host = await Embedded.StartAsync(Echo);
        using var client = host.Client(Embedded.Full);
        var seen = (await client.AskAsync("GET", Incidents, ("X-Forwarded-For", "1.2.3.4"), ("X-Forwarded-Host", "evil"), ("x-forwarded-proto", "https"),
            ("Forwarded", "for=1.2.3.4"), ("X-Kener-Subject", "admin"), ("X-Original-URL", "/x"), ("X-HTTP-Method-Override", "DELETE"), ("X-Harmless", "1"))).Text;
        Assert.DoesNotContain("Forwarded", seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Kener-Subject", seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Original", seen, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Override", seen, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("X-Harmless: 1", seen);
        Assert.DoesNotContain(Embedded.Full, seen);
        Assert.Contains("Authorization: Bearer ey", seen);
        Assert.Equal("0", (await client.AskAsync("GET", "/incidents/1")).Text);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_body_over_one_mebibyte_is_413(bool chunked)
    {
        await using var host = await Embedded.StartAsync(Echo);
        using var client = host.Client(Embedded.Full);
        using var request = new HttpRequestMessage(HttpMethod.Post, Incidents) { Content = new StringContent($$"""{"a":"{{new string('x', 1 << 20)}}"}""") };
        request.Headers.TransferEncodingChunked = chunked;
        Assert.Equal((413, "PAYLOAD_TOO_LARGE", "The request body is too large"), (await client.AskAsync(request)).Error());
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_read_to_its_end_so_that_the_client_receives_the_413()
    {
        await using var host = await Embedded.StartAsync(Echo);
        using var client = host.Client(Embedded.Full);
        // More than the socket buffers hold: an answer before the end of the body would cut the sender off.
        using var request = new HttpRequestMessage(HttpMethod.Post, Incidents) { Content = new ByteArrayContent(new byte[7 << 20]) };
        Assert.Equal((413, "PAYLOAD_TOO_LARGE", "The request body is too large"), (await client.AskAsync(request)).Error());
        Assert.Equal(200, (await client.AskAsync("GET", Incidents)).Code);
    }

    [Fact]
    public async Task A_URL_or_headers_that_are_too_long_are_refused_in_the_error_format()
    {
        await using var host = await Embedded.StartAsync(Echo);
        using var client = host.Client(Embedded.Full);
        Assert.Equal((414, "URI_TOO_LONG", "The address is too long"), (await client.AskAsync("GET", $"{Incidents}?q={new string('x', 9_000)}")).Error());
        Assert.Equal(414, (await client.AskAsync("GET", $"/api/{new string('x', 40_000)}")).Error().Status);
        Assert.Equal((431, "HEADERS_TOO_LARGE", "The headers are too large"), (await client.AskAsync("GET", Incidents, ("X-Long", new string('x', 33_000)))).Error());
    }

    [Theory]
    [InlineData("GET /api/v4/%00 HTTP/1.1")]
    [InlineData("GET /api/v4/\u0001 HTTP/1.1")]
    [InlineData("GET  HTTP/1.1")]
    [InlineData("nonsense")]
    public async Task A_request_that_is_not_HTTP_is_a_4xx(string line)
    {
        await using var host = await Embedded.StartAsync(Echo);
        using var socket = new TcpClient();
        await socket.ConnectAsync(host.Url.Host, host.Url.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{line}\r\nHost: x\r\n\r\n"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        Assert.StartsWith("HTTP/1.1 4", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("http://x", null)]
    [InlineData("https://status.example", "max-age=31536000")]
    public async Task Every_response_has_the_security_headers(string site, string? hsts)
    {
        await using var host = await Embedded.StartAsync(Echo, settings: ("Kener:SiteUrl", site));
        using var client = host.Client();
        foreach (var path in new[] { "/", "/alive", "/healthcheck", "/nothing", Incidents, "/incidents/1" })
        {
            var answer = await client.AskAsync("GET", path);
            Assert.Equal("nosniff", answer["X-Content-Type-Options"]);
            Assert.NotNull(answer["Referrer-Policy"]);
            Assert.Contains("frame-ancestors 'none'", answer["Content-Security-Policy"]);
            Assert.Null(answer["Server"]);
            Assert.Equal(hsts, answer["Strict-Transport-Security"]);
        }
    }
}
