using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Redis;
using Kener.ServiceDefaults.Snapshots;
using Kener.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Gateway.Tests;

/// <summary>Stops and restarts a private Redis server between two owners of snapshots and the gateway.</summary>
public sealed class RedisAwayTests : OwnersAndRedis
{
    [Fact]
    public async Task While_Redis_is_unreachable_changes_arrive_and_requests_are_answered()
    {
        var (status, accounts) = (await OwnerAsync("page:"), await OwnerAsync(PublishedKeys.SnapshotKey));
        await using var gateway = await GatewayAsync(status, accounts);
        Publish(status, 1);
        PublishKeys(accounts, 1);
        await SeesAsync(gateway, 1);

        await Redis.KillAsync();
        Publish(status, 2);
        PublishKeys(accounts, 2);
        await SeesAsync(gateway, 2);
        for (var version = 3; version < 6; version++)
        {
            Publish(status, version);
            PublishKeys(accounts, version);
            await SeesAsync(gateway, version);
        }
        using var client = gateway.Client();
        for (var i = 0; i < 100; i++) Assert.Equal(200, (await client.AskAsync("GET", "/")).Code);

        status.Services.GetRequiredService<SnapshotStore>().Remove("page:/incidents/1");
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Board.Find("page:/incidents/1") is null));

        await Redis.StartAsync();
        Publish(status, 9);
        await SeesAsync(gateway, 9, keys: 5);
        // Redis has everything again, for gateways that start later.
        await using var later = await GatewayAsync();
        await SeesAsync(later, 9, keys: 5);
    }

    [Fact]
    public async Task Everything_starts_without_Redis_and_uses_it_once_it_is_up()
    {
        await Redis.StopAsync();
        var (status, accounts) = (await OwnerAsync("page:"), await OwnerAsync(PublishedKeys.SnapshotKey));
        Publish(status, 1);
        PublishKeys(accounts, 1);
        await using var gateway = await GatewayAsync(status, accounts);
        await SeesAsync(gateway, 1);
        var health = gateway.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(check => check.Tags.Contains("ready"), Cancel)).Status);
        await Redis.StartAsync();
        // This gateway knows no owner, only Redis.
        await using var later = await GatewayAsync();
        await SeesAsync(later, 1);
    }

    [Fact]
    public async Task An_owner_that_cannot_reach_Redis_is_queried_although_the_gateway_reaches_it()
    {
        var status = await OwnerAsync("page:", "127.0.0.1:1");
        var accounts = await OwnerAsync(PublishedKeys.SnapshotKey);
        await using var gateway = await GatewayAsync(status, accounts);
        PublishKeys(accounts, 1);
        for (var version = 1; version < 3; version++)
        {
            Publish(status, version);
            await SeesAsync(gateway, version, keys: 1);
        }
        var board = status.Services.GetRequiredService<SnapshotStore>();
        board.Confirm();
        var confirmed = board.ConfirmedMs;
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Board.ConfirmedMs >= confirmed));
    }

    [Fact]
    public async Task Owners_return_their_snapshots_to_the_gateway_only()
    {
        var status = await OwnerAsync("page:");
        Publish(status, 1);
        using var client = new HttpClient { BaseAddress = new Uri(status.Urls.First()) };
        Assert.Equal(401, (await client.AskAsync("GET", "/internal/snapshots")).Code);
        var token = status.Services.GetRequiredService<InternalToken>();
        Task<Answer> Ask(string subject, string query = "") =>
            client.AskAsync("GET", "/internal/snapshots" + query, ("Authorization", "Bearer " + token.For(new Caller(subject, Kener.Contracts.Permissions.All))));
        Assert.Equal(403, (await Ask("key:1")).Code);
        Assert.Equal(200, (await Ask("gateway")).Code);
        Assert.Empty(SnapshotInventory.ReadBodies((await Ask("gateway", "?key=page:/nothing")).Bytes));
        Assert.Equal("page:/", SnapshotInventory.ReadBodies((await Ask("gateway", "?key=page:/")).Bytes).Single().Key);
        await using var gateway = await GatewayAsync(status);
        using var outside = gateway.Client(Embedded.Full);
        Assert.Equal(404, (await outside.AskAsync("GET", "/internal/snapshots")).Code);
    }
}
