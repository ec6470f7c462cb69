using System.Net;
using CsCheck;
using Kener.Contracts;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Limits;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Gateway.Tests;

public sealed class LimitTests
{
    [Fact]
    public void No_span_of_time_admits_more_requests_than_burst_plus_rate()
    {
        Gen.Select(Gen.Int[1, 50], Gen.Int[1, 100], Gen.Int[0, 400].Array[1, 200]).Sample((rate, size, pauses) =>
        {
            var clock = new FakeTimeProvider();
            var buckets = new TokenBuckets<string>(rate, size, clock);
            var (taken, elapsed) = (0, 0L);
            foreach (var pause in pauses)
            {
                clock.Advance(TimeSpan.FromMilliseconds(pause));
                elapsed += pause;
                for (var i = 0; i < 5; i++)
                {
                    if (buckets.TryTake("a")) taken++;
                }
            }
            return taken <= size + (rate * elapsed / 1000.0) + 1e-6;
        });
    }

    [Fact]
    public void After_a_pause_the_whole_burst_is_available_and_no_client_uses_the_tokens_of_another()
    {
        var clock = new FakeTimeProvider();
        var buckets = new TokenBuckets<int>(10, 30, clock);
        for (var who = 0; who < 50_000; who++) Assert.True(buckets.TryTake(who));
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(30, Enumerable.Range(0, 100).Count(_ => buckets.TryTake(-1)));
            clock.Advance(TimeSpan.FromSeconds(3));
        }
    }

    [Fact]
    public void A_flood_of_new_addresses_does_not_reset_the_bucket_of_a_client_that_keeps_sending_requests()
    {
        var buckets = new TokenBuckets<int>(1, 5, new FakeTimeProvider());
        for (var i = 0; i < 5; i++) Assert.True(buckets.TryTake(-1));
        for (var who = 0; who < 100_000; who++)
        {
            buckets.TryTake(who);
            if (who % 1_000 == 0) Assert.False(buckets.TryTake(-1));
        }
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public void A_client_is_an_IPv4_address_or_an_IPv6_network_of_64_bits(string address, string client) =>
        Assert.Equal(IPAddress.Parse(client), ClientAddress.Network(IPAddress.Parse(address)));

    [Fact]
    public async Task A_key_over_its_limit_is_answered_429_and_other_keys_are_not()
    {
        var clock = new FakeTimeProvider();
        await using var host = await Embedded.StartAsync(
            app => app.MapGet("/api/v4/incidents", () => "ok").Requires(Permissions.IncidentsRead), clock, null, true,
            ("Kener:Limits:RequestsPerSecond", "2"), ("Kener:Limits:Burst", "5"));
        using var full = host.Client(Embedded.Full);
        using var other = host.Client(Embedded.ReadOnly);
        for (var i = 0; i < 5; i++) Assert.Equal(200, (await full.AskAsync("GET", "/api/v4/incidents")).Code);
        var refused = await full.AskAsync("GET", "/api/v4/incidents");
        Assert.Equal((429, "TOO_MANY_REQUESTS", "Too many requests; slow down"), refused.Error());
        Assert.Equal("1", refused["Retry-After"]);
        Assert.Equal(200, (await other.AskAsync("GET", "/api/v4/incidents")).Code);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await full.AskAsync("GET", "/api/v4/incidents")).Code);
        Assert.Equal(200, (await full.AskAsync("GET", "/api/v4/incidents")).Code);
        Assert.Equal(429, (await full.AskAsync("GET", "/api/v4/incidents")).Code);
    }

    [Fact]
    public async Task Agents_have_a_higher_limit_on_their_own_routes_only()
    {
        await using var host = await Embedded.StartAsync(
            app =>
            {
                app.MapGet("/api/agent/v1/assignment", () => "ok").Requires(Permissions.AgentsReport);
                app.MapGet("/api/v4/incidents", () => "ok").Requires(Permissions.IncidentsRead);
            },
            new FakeTimeProvider(), null, false,
            ("Kener:Limits:RequestsPerSecond", "1"), ("Kener:Limits:Burst", "2"), ("Kener:Limits:AgentRequestsPerSecond", "1"), ("Kener:Limits:AgentBurst", "5"));
        host.PublishKeys(1, Embedded.Known(Embedded.Full, 1, Permissions.OfKeys), Embedded.Known(Embedded.ReadOnly, 2, Permissions.All));
        using var agent = host.Client(Embedded.Full);
        using var other = host.Client(Embedded.ReadOnly);
        Assert.Equal("200 200 200 200 200 429", await CodesAsync(agent, "/api/agent/v1/assignment", 6));
        Assert.Equal("200 200 429", await CodesAsync(agent, "/api/v4/incidents", 3));
        Assert.Equal("403 403 429", await CodesAsync(other, "/api/agent/v1/assignment", 3));

        static async Task<string> CodesAsync(HttpClient client, string path, int times)
        {
            var codes = new List<int>();
            for (var i = 0; i < times; i++) codes.Add((await client.AskAsync("GET", path)).Code);
            return string.Join(' ', codes);
        }
    }

    [Fact]
    public async Task Heartbeats_have_their_own_limit_valid_or_not_and_are_answered_429_in_the_error_format()
    {
        var clock = new FakeTimeProvider();
        await using var host = await Embedded.StartAsync(
            app =>
            {
                app.MapGet("/ext/heartbeat/{tag}/{secret}", (string secret) => secret == "right" ? Results.Ok() : Results.BadRequest()).AllowAnyone();
                app.MapGet("/api/v4/incidents", () => "ok").Requires(Permissions.IncidentsRead);
            },
            clock, null, true, ("Kener:Limits:BeatsPerSecond", "3"), ("Kener:Limits:FailuresPerSecond", "1"));
        using var client = host.Client(Embedded.Full);
        foreach (var (path, code) in new[] { ("/ext/heartbeat/web/right", 200), ("/ext/heartbeat/web/wrong", 400), ("/EXT/Heartbeat/web/right", 200) })
            Assert.Equal(code, (await client.AskAsync("GET", path)).Code);
        foreach (var path in new[] { "/ext/heartbeat/web/right", "/ext/heartbeat/web:right", "/ext/heartbeat/other/wrong" })
        {
            var refused = await client.AskAsync("GET", path, ("Accept", "text/html"));
            Assert.Equal((429, "TOO_MANY_REQUESTS", "Too many requests; slow down"), refused.Error());
            Assert.Equal("1", refused["Retry-After"]);
        }
        // Heartbeats count neither for the key's limit nor as failures, and requests with a key do not count as heartbeats.
        for (var i = 0; i < 20; i++) Assert.Equal(200, (await client.AskAsync("GET", "/api/v4/incidents")).Code);
        clock.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++) Assert.Equal(200, (await client.AskAsync("GET", "/ext/heartbeat/web/right")).Code);
        Assert.Equal(429, (await client.AskAsync("GET", "/ext/heartbeat/web/right")).Code);
    }

    [Fact]
    public async Task A_client_that_guesses_keys_is_answered_429_while_valid_keys_and_pages_still_work()
    {
        await using var host = await Embedded.StartAsync(
            app => app.MapGet("/api/v4/incidents", () => "ok").Requires(Permissions.IncidentsRead), new FakeTimeProvider(), null, true,
            ("Kener:Limits:FailuresPerSecond", "3"));
        host.Board.Publish(PageTests.Page("<h1>Page</h1>"));
        using var guesser = host.Client("guess");
        for (var i = 0; i < 3; i++) Assert.Equal(401, (await guesser.AskAsync("GET", "/api/v4/incidents")).Error().Status);
        Assert.Equal(429, (await guesser.AskAsync("GET", "/api/v4/incidents")).Error().Status);
        using var good = host.Client(Embedded.Full);
        Assert.Equal(200, (await good.AskAsync("GET", "/api/v4/incidents")).Code);
        Assert.Equal(200, (await guesser.AskAsync("GET", "/")).Code);
    }

    [Fact]
    public async Task An_invalid_limit_stops_the_start()
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => Embedded.StartAsync(settings: ("Kener:Limits:Burst", "0")));
        Assert.Contains("Kener__Limits__Burst is 0", fault.Message);
    }
}
