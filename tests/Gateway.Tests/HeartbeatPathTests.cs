using System.Net;
using System.Text;
using System.Text.Json;
using Kener.Monitors;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.Data.Sqlite;

namespace Kener.Gateway.Tests;

/// <summary>Heartbeats through the gateway in both hostings: with any secret, and with any body.</summary>
public sealed class HeartbeatPathTests
{
    private static readonly string[] Secrets =
    [
        "plain", "a/b", "/", "//x/", "a+b/c==", "a%2Fb", "100%", "%", "%25", "a:b", ":", "a b", " ", "ü🦄", "?x=1#y", "a\\b", "..x", "a/../b", "\t", "\"<>{}|^`[]&;,@!$'()*~", "a;v=1",
    ];

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_secret_of_any_characters_works_in_each_form_of_the_path(bool isDistributed)
    {
        await using var kener = await Hosted.StartAsync(isDistributed);
        foreach (var (number, secret) in Secrets.Index())
        {
            var tag = $"job-{number}";
            await kener.MakeAsync(tag, secret);
            var sent = Uri.EscapeDataString(secret);
            foreach (var (method, path) in new[]
            {
                (HttpMethod.Get, $"{tag}/{sent}"), (HttpMethod.Post, $"{tag}/{sent}"), (HttpMethod.Get, $"{tag}:{sent}"), (HttpMethod.Post, $"{tag}%3A{sent}"),
                (HttpMethod.Get, $"{tag}/{Encoded(secret)}?query=1"), (HttpMethod.Get, $"{tag}:{Encoded(secret)}"),
            })
                Assert.True(HttpStatusCode.OK == await kener.CallAsync(method, path), $"{secret} as {path}");
            // Encoded twice, it is another secret.
            if (sent != secret) Assert.Equal(HttpStatusCode.BadRequest, await kener.CallAsync(HttpMethod.Get, $"{tag}/{Uri.EscapeDataString(sent)}"));
            Assert.Equal(HttpStatusCode.BadRequest, await kener.CallAsync(HttpMethod.Get, $"{tag}/{sent}x"));
        }
    }

    [Theory, InlineData(false, 2 << 20), InlineData(true, 2 << 20), InlineData(false, 5), InlineData(true, 5)]
    public async Task A_heartbeat_with_a_body_of_any_length_counts(bool isDistributed, int length)
    {
        await using var kener = await Hosted.StartAsync(isDistributed);
        foreach (var isChunked in new[] { false, true })
        {
            var tag = isChunked ? "chunked" : "whole";
            await kener.MakeAsync(tag, "s");
            Assert.Equal(HttpStatusCode.OK, await kener.CallAsync(HttpMethod.Post, $"{tag}/s", new byte[length], isChunked));
            Assert.Equal(HttpStatusCode.BadRequest, await kener.CallAsync(HttpMethod.Post, $"{tag}/x", new byte[length], isChunked));
            Assert.Contains("\"status\":\"UP\"", await kener.DataAsync(tag), StringComparison.Ordinal);
        }
    }

    private static string Encoded(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(octet => $"%{octet:x2}"));

    /// <summary>Runs the gateway and Monitors, in one process or in two with YARP between them.</summary>
    private sealed class Hosted(Embedded gateway, ModuleHost? service, string folder) : IAsyncDisposable
    {
        private static readonly (string, string) NoLimit = ("Kener:Limits:BeatsPerSecond", "100000");
        private readonly HttpClient _anyone = gateway.Client(), _api = service?.Client() ?? gateway.Client(Embedded.Full);

        public static async Task<Hosted> StartAsync(bool isDistributed)
        {
            var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
            if (!isDistributed)
            {
                return new Hosted(await Embedded.StartAsync(app => app.MapMonitors(), null, builder =>
                {
                    builder.AddMonitors();
                    builder.AddDelivery();
                }, true, NoLimit, ("Kener:Database", "Sqlite"), ("Kener:DataPath", folder)), null, folder);
            }
            var service = await ModuleHost.StartAsync(DatabaseKind.Sqlite, builder => builder.AddMonitors(), app => app.MapMonitors(), dataPath: folder);
            return new Hosted(await Embedded.StartAsync(null, null, null, true,
                NoLimit, ("Kener:Delivery", nameof(DeliveryKind.RabbitMQ)), ("Kener:InternalKey", "internal-key-0123456789abcdef0123456789"),
                ("ConnectionStrings:cache", "127.0.0.1:1,connectTimeout=100"),
                ("services:monitors:http:0", service.Anonymous.BaseAddress!.ToString())), service, folder);
        }

        public async Task MakeAsync(string tag, string secret)
        {
            var monitor = JsonSerializer.Serialize(new { tag, name = "n", monitor_type = "HEARTBEAT", type_data = new { secretString = secret } });
            using var body = new StringContent(monitor);
            using var made = await _api.PostAsync("/api/v4/monitors", body, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }

        public Task<string> DataAsync(string tag) =>
            _api.GetStringAsync($"/api/v4/monitors/{tag}/data?start_ts=0&end_ts=253402300799", TestContext.Current.CancellationToken);

        public async Task<HttpStatusCode> CallAsync(HttpMethod method, string path, byte[]? body = null, bool isChunked = false)
        {
            // Without canonicalization, which would change some of these paths.
            var address = new Uri(gateway.Url + "ext/heartbeat/" + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            using var request = new HttpRequestMessage(method, address);
            if (body is not null) request.Content = new ByteArrayContent(body);
            request.Headers.TransferEncodingChunked = isChunked ? true : null;
            using var answer = await _anyone.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }

        public async ValueTask DisposeAsync()
        {
            _anyone.Dispose();
            _api.Dispose();
            await gateway.DisposeAsync();
            if (service is not null) await service.DisposeAsync();
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }
}
