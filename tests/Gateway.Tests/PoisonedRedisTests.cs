using System.Security.Cryptography;
using System.Text;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Redis;
using Kener.ServiceDefaults.Snapshots;
using Kener.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Kener.Gateway.Tests;

/// <summary>An attacker writes to Redis, or answers in place of an owner: the gateway and the owners keep working, and everything recovers.</summary>
public sealed class PoisonedRedisTests : OwnersAndRedis
{
    private const string Versions = "{kener}:versions", Bodies = "{kener}:snapshots", Writes = "{kener}:writes", Confirmed = "{kener}:confirmed", Epoch = "{kener}:epoch";
    private ConnectionMultiplexer _redis = null!;

    private IDatabase Db => _redis.GetDatabase();

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _redis = await ConnectionMultiplexer.ConnectAsync($"{Redis.Address},allowAdmin=true");
    }

    public override async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task No_value_in_Redis_ends_a_gateway_or_its_start_or_keeps_out_the_owners_pages()
    {
        var (status, accounts) = (await OwnerAsync("page:"), await OwnerAsync(PublishedKeys.SnapshotKey));
        await using var gateway = await GatewayAsync(status, accounts);
        using var visitor = gateway.Client();
        var version = 1;
        await PublishAndSeeAsync();
        foreach (var poison in Poisons())
        {
            await poison();
            // When this number changes, all gateways read all versions in Redis.
            await TryAsync(() => Db.StringIncrementAsync(Writes));
            await PublishAndSeeAsync();
            Assert.Equal($"home {version}", (await visitor.AskAsync("GET", "/")).Text);
            Assert.Equal(200, (await visitor.AskAsync("GET", "/ready")).Code);
            await using var later = await GatewayAsync(status, accounts);
            await SeesAsync(later, version);
            await Eventually.TrueAsync(() => Task.FromResult(later.Services.GetRequiredService<CurrentSite>().Now.Zone == "Europe/Berlin"));
        }
        Assert.Null(gateway.Board.Find("page:/x"));
        Assert.Equal($"one {version}", Encoding.UTF8.GetString(gateway.Board.Find("page:/incidents/1")!.Body));

        await _redis.GetServers().Single().FlushDatabaseAsync();
        await Eventually.TrueAsync(async () => await Db.HashLengthAsync(Versions) == 4 && await Db.HashLengthAsync(Bodies) == 4);
        // This gateway knows no owner, only Redis.
        await using var last = await GatewayAsync();
        await SeesAsync(last, version);

        async Task PublishAndSeeAsync()
        {
            version++;
            status.Services.GetRequiredService<SnapshotStore>().Publish((PublishedSite.Default with { Zone = "Europe/Berlin" }).ToSnapshot(version, 0));
            Publish(status, version);
            PublishKeys(accounts, version);
            await SeesAsync(gateway, version);
        }
    }

    [Fact]
    public async Task A_forged_snapshot_that_a_gateway_has_stored_is_replaced_when_Redis_is_emptied()
    {
        var (status, accounts) = (await OwnerAsync("page:"), await OwnerAsync(PublishedKeys.SnapshotKey));
        status.Services.GetRequiredService<SnapshotStore>().Publish(PublishedSite.Default.ToSnapshot(1, 0));
        await using var gateway = await GatewayAsync(status, accounts);
        Publish(status, 1);
        PublishKeys(accounts, 1);
        await SeesAsync(gateway, 1);
        var site = gateway.Services.GetRequiredService<CurrentSite>();

        // Well-formed, and an hour ahead: no check can distinguish it from an owner's.
        var ahead = Now + 3_600_000;
        foreach (var forged in new[]
        {
            PageTests.Page("forged", version: ahead), PageTests.Page("forged", "page:/forged", ahead), (PublishedSite.Default with { Language = "xx", Languages = ["xx"] }).ToSnapshot(ahead, 0),
            new PublishedKeys(ahead, [Embedded.Known("forged", 1, [])]).ToSnapshot(0),
        }) await StoreAsync(forged.Key, forged.Version, SnapshotBytes.Write(forged));
        await Db.StringIncrementAsync(Writes);
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Board.All.Count(snapshot => snapshot.Version == ahead) == 4 && site.Now.Language == "xx"));

        await _redis.GetServers().Single().FlushDatabaseAsync();
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Board.All.All(snapshot => snapshot.Version == 1) && gateway.Board.Find("page:/forged") is null));
        Assert.Equal("en", site.Now.Language);
        Publish(status, 2);
        PublishKeys(accounts, 2);
        await SeesAsync(gateway, 2);

        // The same with the owner's own version.
        await StoreAsync("page:/", 2, SnapshotBytes.Write(PageTests.Page("forged", version: 2)));
        await using var later = await GatewayAsync();
        await Eventually.TrueAsync(() => Task.FromResult(later.Board.Find("page:/") is { } page && Encoding.UTF8.GetString(page.Body) == "forged"));
        await _redis.GetServers().Single().FlushDatabaseAsync();
        await Eventually.TrueAsync(() => Task.FromResult(Encoding.UTF8.GetString(later.Board.Find("page:/")!.Body) == "home 2"));
    }

    [Fact]
    public async Task What_Redis_loses_is_written_again_even_if_nothing_changes()
    {
        var (status, accounts) = (await OwnerAsync("page:"), await OwnerAsync(PublishedKeys.SnapshotKey));
        Publish(status, 1);
        PublishKeys(accounts, 1);
        await IsThereAsync();
        foreach (var lost in new RedisKey[] { Versions, Bodies, Epoch })
        {
            foreach (var becomesList in new[] { false, true })
            {
                await Db.KeyDeleteAsync(lost);
                if (becomesList) await TryAsync(() => Db.ListLeftPushAsync(lost, "x"));
                await IsThereAsync();
            }
        }

        async Task IsThereAsync() => await Eventually.TrueAsync(async () =>
        {
            try
            {
                return await Db.HashLengthAsync(Versions) == 3 && await Db.HashLengthAsync(Bodies) == 3 && (await Db.StringGetAsync(Epoch)).Length() == 32;
            }
            catch (RedisServerException)
            {
                // The key still has the wrong type.
                return false;
            }
        });
    }

    [Fact]
    public async Task An_impossible_response_of_an_owner_changes_nothing_and_the_next_valid_one_is_used()
    {
        // The bodies belong to the inventory that was sent last, even if the test has moved on since.
        Tuple<byte[], byte[]> present = new([], []), answered = present;
        var asked = 0;
        await using var owner = await AnsweringAsync(context =>
        {
            Interlocked.Increment(ref asked);
            var isBody = context.Request.Query.ContainsKey("key");
            if (!isBody) answered = Volatile.Read(ref present);
            var bytes = isBody ? answered.Item2 : answered.Item1;
            return context.Response.Body.WriteAsync(bytes, 0, bytes.Length);
        });
        await using var gateway = await GatewayAsync(owner, owner, "127.0.0.1:1,connectTimeout=100");
        gateway.Board.Publish(PageTests.Page("home 1"));
        foreach (var (named, sent) in HostileAnswers())
        {
            Volatile.Write(ref present, new(named, sent));
            var before = Volatile.Read(ref asked);
            await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref asked) > before + 2));
            Assert.Equal("home 1", Encoding.UTF8.GetString(Assert.Single(gateway.Board.All).Body));
            Assert.InRange(gateway.Board.ConfirmedMs, 1, Now);
        }
        Volatile.Write(ref present, new(Inventory(("page:/", 2)), SnapshotInventory.WriteBodies([PageTests.Page("home 2", version: 2)])));
        await Eventually.TrueAsync(() => Task.FromResult(Encoding.UTF8.GetString(gateway.Board.Find("page:/")!.Body) == "home 2"));
    }

    private static IEnumerable<(byte[] Inventory, byte[] Bodies)> HostileAnswers()
    {
        var good = SnapshotInventory.WriteBodies([PageTests.Page("bad", version: 2)]);
        yield return ([], good);
        yield return ([1, 255, 255, 255, 255, 15], good);
        yield return ([.. Inventory(("page:/", 2))[..^3]], good);
        // The number of versions follows the format, the store's id and the time.
        foreach (var count in new[] { -1, int.MaxValue, int.MinValue, 50_000 })
        {
            var bytes = Inventory(("page:/", 2));
            BitConverter.TryWriteBytes(bytes.AsSpan(1 + 6 + 8), count);
            yield return (bytes, good);
        }
        foreach (var version in new[] { -1, 0, long.MaxValue, 9_000_000_000_000_000 })
            yield return (Inventory(("page:/", version)), SnapshotInventory.WriteBodies([PageTests.Page("bad", version: version)]));
        yield return (Inventory(("page:/ü", 2), ("x", 2), ("", 2)), good);
        yield return (Inventory(("page:/", 2)), [255, 255, 255, 127]);
        yield return (Inventory(("page:/", 2)), [254, 255, 255, 255]);
        yield return (Inventory(("page:/", 2)), good[..^1]);
        yield return (Inventory(("page:/", 2)), SnapshotInventory.WriteBodies([PageTests.Page("bad", "page:/other", 2)]));
        yield return (Inventory(("page:/", 3)), good);
        yield return (new SnapshotInventory("board", long.MinValue, new Dictionary<string, long>()).Write(), []);
        yield return (new SnapshotInventory("board", long.MaxValue, new Dictionary<string, long>()).Write(), []);
        yield return (new SnapshotInventory(new string('b', 10_000), Now, new Dictionary<string, long>()).Write(), []);
    }

    private static byte[] Inventory(params (string Key, long Version)[] versions) =>
        new SnapshotInventory("board", 0, versions.ToDictionary(one => one.Key, one => one.Version)).Write();

    /// <summary>
    /// Returns harmful writes, which are applied one after the other to the same Redis; last those after which Redis no longer accepts anything from
    /// the owners.
    /// </summary>
    private IEnumerable<Func<Task>> Poisons()
    {
        foreach (var version in new[] { "9000000000000000", "9223372036854775807", "-1", "0", "", "abc", "1e300", "0x7fffffff", "nan", "inf", new string('9', 100_000) })
        {
            yield return async () =>
            {
                foreach (var key in new[] { "page:/x", "page:/", "page:site", "keys" }) await StoreAsync(key, version, []);
                await StoreAsync("page:/incidents/1", version, SnapshotBytes.Write(PageTests.Page("forged", "page:/incidents/1", 9_000_000_000_000_000)));
            };
        }
        yield return async () =>
        {
            await Db.HashSetAsync(Bodies, "page:/incidents/1", await Db.HashGetAsync(Bodies, "page:/"));
            await Db.HashDeleteAsync(Bodies, "page:/");
            await Db.HashSetAsync(Versions, new string('k', 100_000), 1);
            await Db.HashSetAsync(Versions, new byte[] { 0, 255, 10, 13 }, 1);
        };
        foreach (var value in new RedisValue[] { "", "abc", "-5", "9223372036854775807", new byte[] { 255, 0 }, new string('9', 1_000_000) })
            foreach (var fact in new[] { Writes, Confirmed, Epoch }) yield return () => Db.StringSetAsync(fact, value);
        foreach (var key in new[] { Versions, Bodies, Writes, Confirmed, Epoch })
        {
            yield return () => Db.KeyDeleteAsync(key);
            yield return async () =>
            {
                await Db.KeyDeleteAsync(key);
                await Db.ListLeftPushAsync(key, "x");
            };
        }
        yield return async () =>
        {
            foreach (var message in new RedisValue[] { RedisValue.EmptyString, "page:/nothing", "page:/\n", new byte[] { 255, 254, 0 }, new string('p', 1_000_000) })
                await _redis.GetSubscriber().PublishAsync(RedisChannel.Literal("{kener}:news"), message);
        };
        yield return async () =>
        {
            var site = PublishedSite.Default.ToSnapshot(Now + 60_000, 0) with { Body = "{\"x\":1}"u8.ToArray() };
            await StoreAsync(site.Key, site.Version, SnapshotBytes.Write(site));
            var keys = new PublishedKeys(Now + 60_000, []).ToSnapshot(0) with { Body = "{}"u8.ToArray() };
            await StoreAsync(keys.Key, keys.Version, SnapshotBytes.Write(keys));
        };
        foreach (var length in new[] { 0, 1, 7, 3_000_000 })
        {
            yield return async () =>
            {
                var bytes = RandomNumberGenerator.GetBytes(length);
                foreach (var key in new[] { "page:/", "page:/incidents/1", "page:site", "keys" }) await StoreAsync(key, Now, bytes);
            };
        }
    }

    private async Task StoreAsync(string key, RedisValue version, byte[] bytes)
    {
        await Db.HashSetAsync(Versions, key, version);
        await Db.HashSetAsync(Bodies, key, bytes);
        await Db.PublishAsync(RedisChannel.Literal("{kener}:news"), key);
    }

    private static async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (RedisServerException)
        {
            // The harmful write left a value that cannot be incremented.
        }
    }

    private static async Task<WebApplication> AnsweringAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(Cancel);
        return app;
    }
}
