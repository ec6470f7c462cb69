using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Kener.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Gateway.Tests;

/// <summary>Several replicas of a service behind the gateway, which start and stop.</summary>
public sealed class ReplicaTests
{
    private const string Incidents = "/api/v4/incidents";
    private static readonly (string, string) Distributed = ("Kener:Delivery", nameof(DeliveryKind.RabbitMQ));
    private static readonly (string, string) NoRedis = ("ConnectionStrings:cache", "127.0.0.1:1,connectTimeout=100");
    private static readonly (string, string) Internal = ("Kener:InternalKey", "internal-key-0123456789abcdef0123456789");
    // The default limits would answer 429 to a test that polls, and the sooner the faster the machine is.
    private static readonly (string, string)[] Unlimited = [("Kener:Limits:RequestsPerSecond", "1000000"), ("Kener:Limits:Burst", "1000000")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static async Task<WebApplication> ReplicaAsync(string name, Action<IEndpointRouteBuilder>? map = null, int port = 0)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddRouting();
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(1));
        builder.Configuration[Internal.Item1] = Internal.Item2;
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapServiceDefaults();
        app.MapGet(Incidents, () => name).Requires(Permissions.IncidentsRead);
        app.MapPost(Incidents, () => name).Requires(Permissions.IncidentsWrite);
        map?.Invoke(app);
        await app.StartAsync();
        return app;
    }

    internal static Task<Embedded> GatewayAsync(params string[] replicas) => Embedded.StartAsync(settings:
        [Distributed, Internal, NoRedis, .. Unlimited, .. replicas.Select((url, i) => ($"services:incidents:http:{i}", url))]);

    [Fact]
    public async Task Two_replicas_share_the_requests_and_a_stopped_one_fails_no_GET()
    {
        var port = LocalPort.Free();
        await using var first = await ReplicaAsync("first", port: port);
        await using var second = await ReplicaAsync("second");
        await using var gateway = await GatewayAsync(first.Urls.First(), second.Urls.First());
        using var client = gateway.Client(Embedded.Full);
        await Eventually.TrueAsync(async () => (await AnswersAsync(client, 20)).Order().SequenceEqual(["first", "second"]));

        using var stop = new CancellationTokenSource();
        var asking = Enumerable.Range(0, 4).Select(async i =>
        {
            var codes = new List<int>();
            while (!stop.IsCancellationRequested) codes.Add((await client.AskAsync(i == 0 ? "POST" : "GET", Incidents)).Code);
            return codes;
        }).ToList();
        await first.StopAsync(Cancel);
        await Eventually.TrueAsync(async () => (await AnswersAsync(client, 20)) is ["second"]);
        await stop.CancelAsync();
        var answers = await Task.WhenAll(asking);
        foreach (var codes in answers[1..]) Assert.All(codes, code => Assert.Equal(200, code));
        // A POST that was in progress when its server died must not be repeated; one that never reached it is sent to the other replica.
        Assert.InRange(answers[0].Count(code => code != 200), 0, 1);

        await using var again = await ReplicaAsync("first", port: port);
        await Eventually.TrueAsync(async () => (await AnswersAsync(client, 20)).Order().SequenceEqual(["first", "second"]));
    }

    [Fact]
    public async Task A_replica_that_is_not_ready_receives_requests_only_if_there_is_no_other()
    {
        var ready = true;
        await using var first = await ReplicaAsync("first", app => app.MapGet("/ready", () => Volatile.Read(ref ready) ? Results.Ok() : Results.StatusCode(503)).WithOrder(-1).AllowAnyone());
        await using var second = await ReplicaAsync("second");
        await using var gateway = await GatewayAsync(first.Urls.First(), second.Urls.First());
        using var client = gateway.Client(Embedded.Full);
        Volatile.Write(ref ready, false);
        await Eventually.TrueAsync(async () => (await AnswersAsync(client, 20)) is ["second"]);
        await second.StopAsync(Cancel);
        await Eventually.TrueAsync(async () => (await AnswersAsync(client, 5)) is ["first"]);
    }

    [Fact]
    public async Task A_replica_that_is_new_in_service_discovery_is_used()
    {
        await using var first = await ReplicaAsync("first");
        await using var second = await ReplicaAsync("second");
        ConfigurationManager? configuration = null;
        await using var gateway = await Embedded.StartAsync(add: builder => configuration = builder.Configuration,
            settings: [Distributed, Internal, NoRedis, .. Unlimited, ("services:incidents:http:0", first.Urls.First())]);
        using var client = gateway.Client(Embedded.Full);
        Assert.Equal(["first"], await AnswersAsync(client, 10));
        configuration!["services:incidents:http:0"] = second.Urls.First();
        ((IConfigurationRoot)configuration).Reload();
        await Eventually.TrueAsync(async () => (await AnswersAsync(client, 5)) is ["second"]);
    }

    [Fact]
    public async Task A_stream_is_forwarded_without_buffering()
    {
        var go = new TaskCompletionSource();
        await using var service = await ReplicaAsync("one", app =>
        {
            app.MapGet("/api/v4/incidents/{id}", async (HttpContext context) =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: 1\n\n");
                await context.Response.Body.FlushAsync();
                await go.Task;
                await context.Response.WriteAsync("data: 2\n\n");
            }).Requires(Permissions.IncidentsRead);
        });
        await using var gateway = await GatewayAsync(service.Urls.First());
        using var client = gateway.Client(Embedded.Full);
        using var answer = await client.GetAsync(Incidents + "/1", HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
        // The first event arrives before the second one is sent.
        Assert.Equal("data: 1", await reader.ReadLineAsync(Cancel));
        go.SetResult();
        await reader.ReadLineAsync(Cancel);
        Assert.Equal("data: 2", await reader.ReadLineAsync(Cancel));
    }

    [Fact]
    public async Task During_a_stop_requests_in_progress_complete_and_new_connections_are_refused()
    {
        var (asked, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var service = await ReplicaAsync("one", app => app.MapGet("/api/v4/incidents/{id}", async () =>
        {
            asked.SetResult();
            await go.Task;
            return "done";
        }).Requires(Permissions.IncidentsRead));
        await using var gateway = await GatewayAsync(service.Urls.First());
        using var client = gateway.Client(Embedded.Full);
        var answer = client.AskAsync("GET", Incidents + "/1");
        await asked.Task;
        var stopping = gateway.StopAsync();
        await Eventually.TrueAsync(async () =>
        {
            using var newcomer = gateway.Client(Embedded.Full);
            try
            {
                await newcomer.AskAsync("GET", "/alive");
                return false;
            }
            catch (HttpRequestException)
            {
                return true;
            }
        });
        Assert.False(stopping.IsCompleted);
        go.SetResult();
        Assert.Equal("done", (await answer).Text);
        await stopping;
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_readers_of_live_updates()
    {
        // The host would wait for them longer than this test does.
        await using var host = await Embedded.StartAsync(add: builder => builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromHours(1)));
        host.Board.Publish(PageTests.Page("<h1>Page</h1>"));
        using var client = host.Client();
        using var answer = await client.GetAsync("/live?page=/", HttpCompletionOption.ResponseHeadersRead, Cancel);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal("retry: 3000", await reader.ReadLineAsync(Cancel));
        await host.StopAsync().WaitAsync(TimeSpan.FromMinutes(2), Cancel);
    }

    private static async Task<List<string>> AnswersAsync(HttpClient client, int times)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < times; i++) seen.Add((await client.AskAsync("GET", Incidents)).Text);
        return [.. seen];
    }
}
