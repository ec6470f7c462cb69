using Kener.Contracts;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Gateway.Tests;

public sealed class KeyTests
{
    private const string Incidents = "/api/v4/incidents";

    private static void Echo(IEndpointRouteBuilder app)
    {
        app.MapGet(Incidents, (HttpContext context) => $"{context.User.Subject()} {context.User.Holds(Permissions.IncidentsWrite)}").Requires(Permissions.IncidentsRead);
        app.MapPost(Incidents, () => "made").Requires(Permissions.IncidentsWrite);
    }

    [Theory]
    [InlineData(null, "Missing or invalid authorization header")]
    [InlineData("full-key", "Missing or invalid authorization header")]
    [InlineData("Basic full-key", "Missing or invalid authorization header")]
    [InlineData("Bearer", "Missing or invalid authorization header")]
    [InlineData("Bearer  full-key", "Missing or invalid authorization header")]
    [InlineData("Bearer full-key more", "Missing or invalid authorization header")]
    [InlineData("Bearer wrong-key", "Invalid API key")]
    [InlineData("Bearer FULL-KEY", "Invalid API key")]
    [InlineData("Bearer full-key%00", "Invalid API key")]
    public async Task Without_a_valid_key_the_API_answers_401_with_its_own_message(string? header, string message)
    {
        await using var host = await Embedded.StartAsync(Echo);
        using var client = host.Client();
        foreach (var path in new[] { Incidents, "/api/v4/nothing", "/api", "/API/v4/Incidents" })
        {
            var answer = header is null ? await client.AskAsync("GET", path) : await client.AskAsync("GET", path, ("Authorization", header));
            Assert.Equal((401, "UNAUTHORIZED", message), answer.Error());
            Assert.Equal("Bearer", answer["WWW-Authenticate"]);
        }
    }

    [Theory]
    [InlineData("Bearer full-key", "key:1 True")]
    [InlineData("bEARER full-key", "key:1 True")]
    [InlineData("Bearer read-key", "key:2 False")]
    public async Task A_valid_key_is_admitted_as_its_caller(string header, string expected)
    {
        await using var host = await Embedded.StartAsync(Echo);
        using var client = host.Client();
        Assert.Equal(expected, (await client.AskAsync("GET", Incidents, ("Authorization", header))).Text);
    }

    [Fact]
    public async Task A_missing_permission_is_403_and_two_Authorization_headers_are_401()
    {
        await using var host = await Embedded.StartAsync(Echo);
        using var client = host.Client();
        Assert.Equal(403, (await client.AskAsync("POST", Incidents, ("Authorization", "Bearer read-key"))).Error().Status);
        Assert.Equal(401, (await client.AskAsync("GET", Incidents, ("Authorization", "Bearer full-key"), ("Authorization", "Bearer read-key"))).Error().Status);
    }

    [Fact]
    public async Task An_internal_token_from_a_client_is_401()
    {
        await using var host = await Embedded.StartAsync(Echo);
        var token = ((InternalToken)host.Services.GetService(typeof(InternalToken))!).For(new Caller("key:9", Permissions.All));
        using var client = host.Client(token);
        Assert.Equal((401, "UNAUTHORIZED", "Invalid API key"), (await client.AskAsync("GET", Incidents)).Error());
    }

    [Fact]
    public async Task A_key_stops_working_when_it_expires_or_is_revoked()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        await using var host = await Embedded.StartAsync(Echo, clock, keys: false);
        using var client = host.Client(Embedded.Expiring);
        Assert.Equal(503, (await client.AskAsync("GET", Incidents)).Error().Status);
        host.PublishKeys(5, Embedded.Known(Embedded.Expiring, 3, [Permissions.IncidentsRead], 1_800_000_030));
        Assert.Equal(200, (await client.AskAsync("GET", Incidents)).Code);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(200, (await client.AskAsync("GET", Incidents)).Code);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(401, (await client.AskAsync("GET", Incidents)).Code);

        host.PublishKeys(6, Embedded.Known(Embedded.Expiring, 3, [Permissions.IncidentsRead]));
        Assert.Equal(200, (await client.AskAsync("GET", Incidents)).Code);
        host.PublishKeys(5, Embedded.Known("another", 4, []));
        Assert.Equal(200, (await client.AskAsync("GET", Incidents)).Code);
        host.PublishKeys(7);
        Assert.Equal(401, (await client.AskAsync("GET", Incidents)).Code);
    }

    [Fact]
    public async Task The_agents_key_of_the_settings_works_before_any_API_key_has_arrived_and_permits_nothing_else()
    {
        const string agents = "agent-key-0123456789abcdef0123456789abcdef";
        await using var host = await Embedded.StartAsync(
            app =>
            {
                Echo(app);
                app.MapGet("/api/agent/v1/assignment", (HttpContext context) => context.User.Subject()).Requires(Permissions.AgentsReport);
            },
            null, null, false, ("Kener:AgentKey", agents));
        using var client = host.Client(agents);
        using var stranger = host.Client(agents + "x");
        for (var arrived = false; ; arrived = true)
        {
            Assert.Equal("agent:static", (await client.AskAsync("GET", "/api/agent/v1/assignment")).Text);
            Assert.Equal(403, (await client.AskAsync("GET", Incidents)).Error().Status);
            Assert.Equal(arrived ? 401 : 503, (await stranger.AskAsync("GET", "/api/agent/v1/assignment")).Error().Status);
            if (arrived) return;
            host.PublishKeys(1);
        }
    }

    [Theory]
    [InlineData("short", "Kener__AgentKey is shorter than 32 characters")]
    [InlineData("a key with blanks that is long enough", "Kener__AgentKey contains a space")]
    public async Task An_invalid_agents_key_stops_the_start(string key, string message)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => Embedded.StartAsync(null, null, null, true, ("Kener:AgentKey", key)));
        Assert.Contains(message, fault.Message);
    }

    [Fact]
    public async Task A_set_of_keys_that_cannot_be_read_leaves_the_previous_one_in_use()
    {
        await using var host = await Embedded.StartAsync(Echo);
        using var client = host.Client(Embedded.Full);
        host.Board.Publish(new Snapshot { Key = PublishedKeys.SnapshotKey, Version = 99, ContentType = "application/json", ETag = "\"x\"", Body = [1, 2, 3] });
        Assert.Equal(200, (await client.AskAsync("GET", Incidents)).Code);
    }

    [Fact]
    public async Task A_key_in_constant_use_gets_a_new_internal_token_before_the_old_one_expires()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        await using var host = await Embedded.StartAsync(Echo, clock);
        using var client = host.Client(Embedded.Full);
        for (var second = 0; second < 180; second += 7)
        {
            Assert.Equal("key:1 True", (await client.AskAsync("GET", Incidents)).Text);
            clock.Advance(TimeSpan.FromSeconds(7));
        }
    }

    [Fact]
    public void A_published_set_of_keys_is_read_as_it_was_written()
    {
        var keys = new PublishedKeys(7, [Embedded.Known("a", 1, ["x", "y\""], 5), Embedded.Known("ü\"", 2, [])]);
        var read = PublishedKeys.From(keys.ToSnapshot(3));
        Assert.Equal(7, read.Version);
        Assert.Equal(keys.Keys.Select(key => (key.Hash, key.Id, key.Name, string.Join(',', key.Permissions), key.ExpiresAt)),
            read.Keys.Select(key => (key.Hash, key.Id, key.Name, string.Join(',', key.Permissions), key.ExpiresAt)));
    }
}
