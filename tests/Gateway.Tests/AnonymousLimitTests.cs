using System.Net;
using Kener.Gateway.Live;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Gateway.Tests;

/// <summary>The limit per address for requests without a key that the gateway cannot answer from memory.</summary>
public sealed class AnonymousLimitTests
{
    private static readonly (string, string)[] Small = [("Kener:Limits:AnonymousRequestsPerSecond", "1"), ("Kener:Limits:AnonymousBurst", "3")];

    [Theory]
    [InlineData("GET", "/incidents/1")]
    [InlineData("GET", "/health")]
    [InlineData("HEAD", "/healthcheck")]
    [InlineData("POST", "/preferences")]
    [InlineData("GET", "/live?page=/nothing")]
    public async Task An_address_over_its_limit_is_answered_429_while_pages_and_other_addresses_are_served(string method, string path)
    {
        var clock = new FakeTimeProvider();
        await using var host = await Embedded.StartAsync(app => app.MapGet("/incidents/{id}", () => "an incident").AllowAnyone(), clock, settings: Small);
        host.Board.Publish(PageTests.Page("<h1>Page</h1>"));
        using var client = host.Client();
        for (var i = 0; i < 3; i++) Assert.NotEqual(429, (await client.AskAsync(method, path)).Code);
        var refused = await client.AskAsync(method, path);
        Assert.Equal((429, "1", "text/plain; charset=utf-8"), (refused.Code, refused["Retry-After"], refused["Content-Type"]));
        Assert.Equal(200, (await client.AskAsync("GET", "/")).Code);
        using var other = From("127.0.0.2", host.Url);
        Assert.NotEqual(429, (await other.AskAsync(method, path)).Code);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(429, (await client.AskAsync(method, path)).Code);
    }

    [Theory, InlineData(404), InlineData(410)]
    public async Task An_unknown_incident_is_requested_from_its_owner_once_until_a_page_changes_or_two_seconds_pass(int status)
    {
        var (clock, asked) = (new FakeTimeProvider(), 0);
        await using var host = await Embedded.StartAsync(app => app.MapGet("/incidents/{id}", IResult () =>
        {
            asked++;
            throw new Refusal(status, "GONE", "Not there");
        }).AllowAnyone(), clock);
        using var client = host.Client();
        foreach (var path in new[] { "/incidents/7", "/incidents/7/", "/Incidents/7", "/incidents/007", "/incidents/7?x=y" })
            Assert.Equal(status, (await client.AskAsync("GET", path)).Code);
        Assert.Equal(1, asked);
        host.Board.Publish(PageTests.Page("<h1>Changed</h1>"));
        Assert.Equal(status, (await client.AskAsync("GET", "/incidents/7")).Code);
        Assert.Equal(2, asked);
        clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(status, (await client.AskAsync("GET", "/incidents/7")).Code);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task Health_checks_run_once_a_second_however_many_requests_arrive()
    {
        var (clock, looks) = (new FakeTimeProvider(), 0);
        await using var host = await Embedded.StartAsync(clock: clock, add: builder => builder.Services.AddHealthChecks().AddCheck("counted", () =>
        {
            Interlocked.Increment(ref looks);
            return HealthCheckResult.Healthy();
        }));
        host.Board.Publish(PageTests.Page("<h1>Page</h1>"));
        using var client = host.Client();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => client.AskAsync("GET", i % 2 == 0 ? "/health" : "/healthcheck?strict=1")));
        Assert.All(answers, answer => Assert.Equal(200, answer.Code));
        Assert.Equal(1, looks);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("Healthy", (await client.AskAsync("GET", "/health")).Text);
        Assert.Equal(2, looks);
    }

    [Fact]
    public async Task Readers_at_one_address_cannot_take_the_places_of_readers_at_other_addresses()
    {
        await using var host = await Embedded.StartAsync(settings: ("Kener:Limits:LiveReadersPerAddress", "2"));
        host.Board.Publish(PageTests.Page("<h1>1</h1>"));
        var topics = host.Services.GetRequiredService<LiveTopics>();
        using var client = host.Client();
        using var other = From("127.0.0.2", host.Url);
        using var first = await OpenAsync(client);
        using var second = await OpenAsync(client);
        Assert.Equal(429, (await client.AskAsync("GET", "/live?page=/")).Code);
        using var third = await OpenAsync(other);
        Assert.Equal(3, topics.Readers);
        first.Dispose();
        await Eventually.TrueAsync(() => Task.FromResult(topics.Readers == 2));
        using var fourth = await OpenAsync(client);
        Assert.Equal(HttpStatusCode.OK, fourth.StatusCode);

        static Task<HttpResponseMessage> OpenAsync(HttpClient client) =>
            client.GetAsync("/live?page=/", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    /// <summary>Creates a client that connects from another address of this machine.</summary>
    private static HttpClient From(string address, Uri url) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancel);
            return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = url };
}
