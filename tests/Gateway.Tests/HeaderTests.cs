using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kener.Gateway.Tests;

/// <summary>Sends any bytes in headers to a real gateway in front of a real service: what is wrong is the client's fault.</summary>
public sealed class HeaderTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Header_values_reach_the_service_and_return_byte_for_byte()
    {
        await using var service = await ReplicaTests.ReplicaAsync("one", app => app.MapGet("/incidents/{id}", (HttpContext context) =>
        {
            context.Response.Headers["X-Echo"] = context.Request.Headers["X-Sent"];
            return Convert.ToHexString(Encoding.Latin1.GetBytes(context.Request.Headers["X-Sent"].ToString()));
        }).AllowAnyone());
        await using var gateway = await GatewayAsync(service);
        byte[] sent = [.. Enumerable.Range(0x80, 0x80).Select(value => (byte)value)];
        var (status, headers, body) = await SendAsync(gateway, [("X-Sent", sent)]);
        Assert.Equal((200, Convert.ToHexString(sent)), (status, body));
        Assert.Contains($"X-Echo: {Encoding.Latin1.GetString(sent)}", headers);
    }

    [Fact]
    public async Task No_byte_in_a_header_causes_a_503_or_ejects_a_replica()
    {
        await using var first = await ReplicaTests.ReplicaAsync("first", app => app.MapGet("/incidents/{id}", () => "first").AllowAnyone());
        await using var second = await ReplicaTests.ReplicaAsync("second", app => app.MapGet("/incidents/{id}", () => "second").AllowAnyone());
        await using var gateway = await GatewayAsync(first, second);
        foreach (var name in new[] { "Cookie", "User-Agent", "Accept-Language", "If-None-Match", "X-Other", "Content-Type", "Referer", "Expect", "Via", "TE", "Upgrade" })
        {
            for (var value = 1; value < 256; value++)
            {
                if (value is '\r' or '\n') continue;
                var (status, _, body) = await SendAsync(gateway, [(name, [(byte)'a', (byte)value, (byte)'b'])]);
                Assert.True(status is 200 or (>= 400 and < 500), $"{name}: a\\x{value:x2}b → {status} {body}");
            }
        }
        var answers = new HashSet<string>();
        for (var i = 0; i < 20; i++) answers.Add((await SendAsync(gateway, [])).Body);
        Assert.Equal(["first", "second"], answers.Order());
    }

    [Fact]
    public async Task Unusual_names_and_sizes_are_forwarded_or_refused_with_4xx()
    {
        await using var service = await ReplicaTests.ReplicaAsync("one", app => app.MapGet("/incidents/{id}", () => "one").AllowAnyone());
        await using var gateway = await GatewayAsync(service);
        foreach (var name in new[] { "a(b", "\u00e9", "a\u0001b", "a b", new string('n', 8_000), new string('n', 40_000), "Transfer-Encoding", "Content-Length", "Connection", "Keep-Alive", "Proxy-Authorization" })
            AssertFair(name, await SendAsync(gateway, [(name, [0xe9, 0x80])]));
        foreach (var size in new[] { 8_000, 16_000, 31_000, 32_500, 33_000, 60_000, 70_000 })
            AssertFair($"{size} bytes", await SendAsync(gateway, [("Cookie", Encoding.ASCII.GetBytes(new string('c', size)))]));
        foreach (var count in new[] { 50, 90, 97, 98, 99, 100, 150 })
            AssertFair($"{count} headers", await SendAsync(gateway, [.. Enumerable.Range(0, count).Select(i => ($"X-H{i}", "v"u8.ToArray()))]));
        AssertFair("long query", await SendAsync(gateway, [], "/incidents/1?" + string.Concat(Enumerable.Repeat("%C3%A9", 1_300))));
        Assert.Equal(200, (await SendAsync(gateway, [("Cookie", Encoding.ASCII.GetBytes(new string('c', 31_000)))])).Status);
        Assert.Equal(200, (await SendAsync(gateway, [.. Enumerable.Range(0, 97).Select(i => ($"X-H{i}", "v"u8.ToArray()))])).Status);

        static void AssertFair(string what, (int Status, string Headers, string Body) answer) =>
            Assert.True(answer.Status is 200 or (>= 400 and < 500), $"{what[..Math.Min(what.Length, 60)]} → {answer.Status} {answer.Body}");
    }

    private static Task<Embedded> GatewayAsync(params WebApplication[] replicas) => Embedded.StartAsync(settings:
    [
        ("Kener:Delivery", nameof(DeliveryKind.RabbitMQ)), ("Kener:InternalKey", "internal-key-0123456789abcdef0123456789"),
        ("ConnectionStrings:cache", "127.0.0.1:1,connectTimeout=100"), ("Kener:Limits:AnonymousRequestsPerSecond", "1000000"), ("Kener:Limits:AnonymousBurst", "1000000"),
        .. replicas.Select((replica, i) => ($"services:status:http:{i}", replica.Urls.First())),
    ]);

    /// <summary>Sends the headers over a socket, because no HTTP client would send them.</summary>
    private static async Task<(int Status, string Headers, string Body)> SendAsync(Embedded gateway, (string Name, byte[] Value)[] headers, string path = "/incidents/1")
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(gateway.Url.Host, gateway.Url.Port, Cancel);
        using var request = new MemoryStream();
        request.Write(Encoding.Latin1.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"));
        foreach (var (name, value) in headers)
        {
            request.Write(Encoding.Latin1.GetBytes(name + ": "));
            request.Write(value);
            request.Write("\r\n"u8);
        }
        request.Write("\r\n"u8);
        var stream = socket.GetStream();
        await stream.WriteAsync(request.ToArray(), Cancel);
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer, Cancel);
        var parts = Encoding.Latin1.GetString(answer.ToArray()).Split("\r\n\r\n", 2);
        return (int.Parse(parts[0].Split(' ')[1], CultureInfo.InvariantCulture), parts[0], Unchunked(parts[0], parts[1]));
    }

    private static string Unchunked(string headers, string body) =>
        headers.Contains("chunked", StringComparison.OrdinalIgnoreCase) ? body.Split("\r\n")[1] : body;
}
