using Kener.TestKit;
using Npgsql;

namespace Kener.EndToEnd.Tests;

/// <summary>
/// Two replicas of each service and two gateways, on external servers whose connections break (see <see cref="Load"/>). An event has its effect
/// once, whichever replica consumes it, and two writers of a page never leave the older version.
/// </summary>
public sealed class ReplicaTests
{
    private static readonly string[] Twice = ["Kener.Incidents.dll", "Kener.Monitors.dll", "Kener.Status.dll"];

    [Fact]
    public async Task Two_replicas_lose_and_repeat_nothing_while_processes_are_killed_and_connections_break()
    {
        await using var postgres = await PrivateServer.PostgresAsync();
        await using var redis = await PrivateServer.RedisAsync();
        await using var rabbit = await PrivateServer.RabbitAsync();
        var database = new NpgsqlConnectionStringBuilder(postgres.Address);
        var (redisPort, broker) = (int.Parse(redis.Address.Split(',')[0].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture), new UriBuilder(rabbit.Address));
        await using var toDatabase = Relay.To(database.Port);
        await using var toRedis = Relay.To(redisPort);
        await using var toBroker = Relay.To(broker.Port);
        (database.Port, broker.Port) = (toDatabase.Port, toBroker.Port);
        await using var kener = await KenerProcess.StartAsync(new()
        {
            ["Kener__BootstrapApiKey"] = KenerProcess.Key,
            ["Kener__Replicas"] = "2",
            ["ConnectionStrings__postgres"] = database.ConnectionString,
            ["ConnectionStrings__cache"] = redis.Address.Replace($":{redisPort}", $":{toRedis.Port}", StringComparison.Ordinal),
            ["ConnectionStrings__messaging"] = broker.Uri.AbsoluteUri.TrimEnd('/'),
        }, Hosting.Distributed);
        Assert.DoesNotContain(Tree.Below(kener.ProcessId), one => one.Command.Contains("postgres -D", StringComparison.Ordinal) || one.Command.Contains("beam.smp", StringComparison.Ordinal));
        using var second = kener.Client(null);
        second.BaseAddress = new Uri($"http://127.0.0.1:{AppHostTests.Ports(kener.Output)["gateway-2"]}");

        var load = await Load.StartAsync(kener, kener.Visitor, second);
        foreach (var relay in new[] { toDatabase, toRedis, toBroker })
        {
            for (var i = 0; i < Scale.Of(2); i++)
            {
                var before = relay.Connections;
                relay.Cut();
                await Eventually.TrueAsync(async () => relay.Connections > before && await kener.IsWellAsync());
            }
        }
        foreach (var program in Twice)
        {
            var one = Tree.Find(kener.ProcessId, program);
            Tree.Kill(one);
            // The other replica answers meanwhile: the visits check it.
            await Eventually.TrueAsync(async () => Tree.IsGone(one) && Tree.All(kener.ProcessId, program).Count == 2 && await kener.IsWellAsync(), 120);
        }
        await load.EndAsync(kener.Visitor, second);
    }
}
