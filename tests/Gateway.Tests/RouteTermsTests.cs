using System.Net;
using System.Net.WebSockets;
using System.Text;
using Kener.Contracts;
using Kener.Gateway.Routes;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Route = Kener.Gateway.Routes.Route;

namespace Kener.Gateway.Tests;

/// <summary>
/// The terms that a route can set for its requests, tested with a separate route table and service, in this process and in another host.
/// </summary>
public sealed class RouteTermsTests
{
    private const string Policy = "default-src 'self'; frame-ancestors 'none'", Stricter = "default-src 'none'; frame-ancestors 'none'";
    private const int Large = 3 << 20, Small = 100;

    private static readonly RouteTable Table = new(
        new Route(Owner.Status, Access.Key, "/tools/upload", "POST") { BodyLimit = Large },
        new Route(Owner.Status, Access.Public, "/note", "GET", "POST") { BodyLimit = Small },
        new Route(Owner.Status, Access.Key, "/tools/{**rest}", "GET", "POST") { AllowsWebSockets = true, ContentSecurityPolicy = Policy },
        new Route(Owner.Status, Access.Public, "/open/{**rest}", "GET") { ContentSecurityPolicy = Policy });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static void Map(IEndpointRouteBuilder app)
    {
        ((WebApplication)app).UseWebSockets();
        app.MapPost("/tools/upload", (Delegate)LengthAsync).WithMetadata(new RequestSizeLimitAttribute(Large)).Requires(Permissions.IncidentsRead);
        app.MapPost("/note", (Delegate)LengthAsync).AllowAnyone();
        app.MapGet("/note", EchoAsync).AllowAnyone();
        app.MapGet("/open/{**rest}", (HttpContext context, string? rest) =>
        {
            if (rest == "own") context.Response.Headers.ContentSecurityPolicy = Stricter;
            return $"<{rest}> {context.User.Subject()}";
        }).AllowAnyone();
        // Over HTTP/2 a WebSocket is opened by CONNECT.
        app.MapMethods("/tools/{**rest}", ["GET", "POST", "CONNECT"], EchoAsync).Requires(Permissions.IncidentsRead);
    }

    private static async Task<string> LengthAsync(HttpContext context)
    {
        var length = 0L;
        var buffer = new byte[64 * 1024];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read) length += read;
        return $"{length}";
    }

    /// <summary>Sends back, over a WebSocket, who opened it and what arrived; without one, who sent the request, as text.</summary>
    private static async Task EchoAsync(HttpContext context)
    {
        var who = $"{context.User.Subject()} {context.Request.RouteValues["rest"]}";
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await context.Response.WriteAsync(who);
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[100];
        var got = await socket.ReceiveAsync(buffer, context.RequestAborted);
        var answer = $"{who} {Encoding.UTF8.GetString(buffer, 0, got.Count)}";
        await socket.SendAsync(Encoding.UTF8.GetBytes(answer), WebSocketMessageType.Text, true, context.RequestAborted);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    /// <summary>Starts the gateway in front of <see cref="Map"/>: in the same host if embedded, else behind the proxy.</summary>
    private static async Task<(Embedded Gateway, WebApplication? Service)> StartAsync(bool embedded, HttpProtocols protocols = HttpProtocols.Http1)
    {
        void Speak(WebApplicationBuilder builder) =>
            builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols));
        if (embedded) return (await Embedded.StartAsync(Table, Map, add: Speak), null);
        var service = await ReplicaTests.ReplicaAsync("tools", Map);
        return (await Embedded.StartAsync(Table, add: Speak, settings:
        [
            ("Kener:Delivery", nameof(DeliveryKind.RabbitMQ)), ("Kener:InternalKey", "internal-key-0123456789abcdef0123456789"),
            ("ConnectionStrings:cache", "127.0.0.1:1,connectTimeout=100"), ("services:status:http:0", service.Urls.First()),
        ]), service);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_tail_matches_everything_below_its_prefix_and_nothing_beside_it(bool embedded)
    {
        var (gateway, service) = await StartAsync(embedded);
        await using var behind = service;
        await using var before = gateway;
        using var client = gateway.Client();
        foreach (var (path, rest) in new[] { ("/open", ""), ("/open/", ""), ("/open/a", "a"), ("/OPEN/a/b.js", "a/b.js"), ("/open/a/", "a/"), ("/open/_framework/x/y?q=1", "_framework/x/y"), ("/open/a%20b/c", "a b/c") })
            Assert.Equal($"200 <{rest}> anonymous", await client.AskAsync("GET", path) is var answer ? $"{answer.Code} {answer.Text}" : "");
        foreach (var path in new[] { "/opened", "/opened/a", "/x/open", "/", "/open/../secret", "/open/%2e%2e/secret" })
            Assert.Equal(404, (await client.AskAsync("GET", path)).Code);
        var wrong = await client.AskAsync("POST", "/open/a");
        Assert.Equal((405, "GET"), (wrong.Code, wrong["Allow"]));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_tail_admits_the_callers_of_its_route_and_the_service_receives_the_caller(bool embedded)
    {
        var (gateway, service) = await StartAsync(embedded);
        await using var behind = service;
        await using var before = gateway;
        using var anonymous = gateway.Client();
        using var wrong = gateway.Client("wrong");
        using var client = gateway.Client(Embedded.Full);
        Assert.Equal((401, 401), ((await anonymous.AskAsync("GET", "/tools/a/b")).Code, (await wrong.AskAsync("GET", "/tools/a/b")).Code));
        Assert.Equal("key:1 a/b", (await client.AskAsync("GET", "/tools/a/b")).Text);
        Assert.Equal("<a> anonymous", (await client.AskAsync("GET", "/open/a")).Text);
    }

    [Theory]
    [InlineData(true, HttpProtocols.Http1)]
    [InlineData(false, HttpProtocols.Http1)]
    [InlineData(true, HttpProtocols.Http2)]
    [InlineData(false, HttpProtocols.Http2)]
    public async Task A_WebSocket_is_forwarded_with_its_caller_if_its_route_allows_it(bool embedded, HttpProtocols protocols)
    {
        var (gateway, service) = await StartAsync(embedded, protocols);
        await using var behind = service;
        await using var before = gateway;
        using var socket = await ConnectAsync(gateway, "/tools/_blazor", protocols, Embedded.Full);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, Cancel);
        var buffer = new byte[100];
        var got = await socket.ReceiveAsync(buffer, Cancel);
        Assert.Equal("key:1 _blazor hello", Encoding.UTF8.GetString(buffer, 0, got.Count));
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, "/tools/_blazor", protocols, "wrong"));
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, "/note", protocols, Embedded.Full));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task On_a_route_without_WebSockets_a_request_for_one_is_handled_as_a_plain_GET(bool embedded)
    {
        var (gateway, service) = await StartAsync(embedded);
        await using var behind = service;
        await using var before = gateway;
        using var client = gateway.Client();
        var answer = await client.AskAsync("GET", "/note", ("Connection", "Upgrade"), ("Upgrade", "websocket"),
            ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="));
        Assert.Equal((200, "anonymous "), (answer.Code, answer.Text));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task A_body_may_be_as_large_as_its_route_allows(bool embedded, bool chunked)
    {
        var (gateway, service) = await StartAsync(embedded);
        await using var behind = service;
        await using var before = gateway;
        using var client = gateway.Client(Embedded.Full);
        foreach (var (path, limit) in new[] { ("/tools/upload", Large), ("/note", Small) })
        {
            // The server counts the framing of the chunks as well.
            var most = chunked ? limit / 2 : limit;
            Assert.Equal($"200 {most}", await PostAsync(path, most));
            Assert.StartsWith("413 ", await PostAsync(path, limit + 1), StringComparison.Ordinal);
        }

        async Task<string> PostAsync(string path, int length)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[length]) };
            request.Headers.TransferEncodingChunked = chunked;
            var answer = await client.AskAsync(request);
            return $"{answer.Code} {answer.Text}";
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_response_has_the_content_security_policy_of_its_route_unless_it_sets_one(bool embedded)
    {
        var (gateway, service) = await StartAsync(embedded);
        await using var behind = service;
        await using var before = gateway;
        using var client = gateway.Client(Embedded.Full);
        foreach (var (path, policy) in new[] { ("/open/a", Policy), ("/tools/a", Policy), ("/open/own", Stricter) })
            Assert.Equal($"{path} {policy}", $"{path} {(await client.AskAsync("GET", path))["Content-Security-Policy"]}");
        using var anonymous = gateway.Client();
        foreach (var path in new[] { "/note", "/nothing", "/tools/a" })
            Assert.StartsWith("default-src 'none'; base-uri 'none'", (await anonymous.AskAsync("GET", path))["Content-Security-Policy"], StringComparison.Ordinal);
    }

    private static async Task<ClientWebSocket> ConnectAsync(Embedded gateway, string path, HttpProtocols protocols, string key)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + key);
        socket.Options.HttpVersion = protocols == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler(), disposeHandler: false);
        await socket.ConnectAsync(new UriBuilder(gateway.Url) { Scheme = "ws", Path = path }.Uri, invoker, Cancel);
        return socket;
    }
}
