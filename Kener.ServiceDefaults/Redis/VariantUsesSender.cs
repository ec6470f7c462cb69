using Kener.ServiceDefaults.Snapshots;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Kener.ServiceDefaults.Redis;

/// <summary>Publishes every half minute which variants the gateway has served since, for the owner of the pages.</summary>
internal sealed class VariantUsesSender(Lazy<IConnectionMultiplexer> redis, VariantUses uses, TimeProvider clock) : BackgroundService
{
    internal static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private const int KeysPerMessage = 500;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        var since = 0L;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            try
            {
                // Connecting may take a second, during which it blocks its thread.
                var subscriber = (await Task.Run(() => redis.Value, stoppingToken)).GetSubscriber();
                foreach (var keys in uses.Since(since).Chunk(KeysPerMessage)) await subscriber.PublishAsync(SnapshotKeys.Uses, string.Join('\n', keys));
                since = now;
            }
            catch (Exception fault) when (fault is RedisException or TimeoutException or ObjectDisposedException)
            {
                // Other code logs that Redis is unreachable; the same uses are sent next time.
            }
        }
    }
}

/// <summary>Receives the uses that gateways publish: each replica of the owner records those of the variants that it has.</summary>
internal sealed class VariantUsesReceiver(Lazy<IConnectionMultiplexer> redis, VariantUses uses, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Retries.UntilDoneAsync(async () =>
    {
        // The client subscribes again by itself whenever it connects again.
        var subscriber = (await Task.Run(() => redis.Value, stoppingToken)).GetSubscriber();
        await subscriber.SubscribeAsync(SnapshotKeys.Uses, (_, keys) => uses.NoteAll(keys.ToString().Split('\n')));
    }, (fault, _) => fault is RedisException or TimeoutException or ObjectDisposedException ? AfterFault : null, clock, stoppingToken);
}
