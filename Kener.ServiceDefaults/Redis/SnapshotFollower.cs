using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Kener.ServiceDefaults;

/// <summary>
/// Redis → gateway: takes in what is announced, and looks once a second, since an announcement reaches only who listens. While Redis is
/// away, or has lost all, the board keeps what it has.
/// </summary>
internal sealed class SnapshotFollower(
    Lazy<IConnectionMultiplexer> redis, SnapshotBoard board, RedisNews news, TimeProvider clock, ILogger<SnapshotFollower> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly Channel<string> _news = Channel.CreateBounded<string>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest });
    private bool _listens;
    private RedisValue _epoch;
    private long _writes = -1, _confirmedMs = -1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await TurnAsync(stoppingToken);
                await HearAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private async Task TurnAsync(CancellationToken cancel)
    {
        try
        {
            // Connecting may take a second, during which it holds its thread.
            await LookAsync(await Task.Run(() => redis.Value, cancel));
            news.Heard();
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException or ObjectDisposedException)
        {
            news.Failed();
            log.LogWarning("Redis does not give the snapshots: {Reason}", fault.Message);
            await Task.Delay(Look, clock, cancel);
        }
    }

    /// <summary>Takes in announcements until it is time to look again.</summary>
    private async Task HearAsync(CancellationToken cancel)
    {
        using var look = new CancellationTokenSource(Look, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(look.Token, cancel);
        try
        {
            while (true)
            {
                var key = await _news.Reader.ReadAsync(either.Token);
                await TakeAsync(redis.Value.GetDatabase(), key);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Nobody called: time to look by oneself.
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException or ObjectDisposedException)
        {
            log.LogDebug("An announcement could not be followed: {Reason}", fault.Message);
            _writes = -1;
        }
    }

    private async Task LookAsync(IConnectionMultiplexer connection)
    {
        if (!_listens)
        {
            await connection.GetSubscriber().SubscribeAsync(SnapshotKeys.News, (_, key) => _news.Writer.TryWrite(key!));
            _listens = true;
        }
        var db = connection.GetDatabase();
        var facts = await db.StringGetAsync([SnapshotKeys.Writes, SnapshotKeys.Confirmed, SnapshotKeys.Epoch]);
        var (writes, confirmed) = ((long?)facts[0] ?? 0, (long?)facts[1] ?? 0);
        if (writes != _writes || facts[2] != _epoch) await TakeAllAsync(db);
        (_writes, _epoch) = (writes, facts[2]);
        // The owner's clock may be another than ours, so what counts is that he said it anew; only the first time there is no better.
        if (confirmed != 0 && _confirmedMs == -1) board.ConfirmedAt(confirmed);
        else if (confirmed != 0 && confirmed != _confirmedMs) board.Confirm();
        if (confirmed != 0 && confirmed != _confirmedMs) news.Confirmed();
        _confirmedMs = confirmed;
    }

    private async Task TakeAllAsync(IDatabase db)
    {
        var versions = (await db.HashGetAllAsync(SnapshotKeys.Versions)).ToDictionary(entry => entry.Name.ToString(), entry => (long)entry.Value);
        foreach (var (key, version) in versions)
            if (board.Find(key) is not { } known || known.Version < version) await TakeAsync(db, key);
        // A Redis that lost all takes no page away: the owner writes them again.
        if (!versions.ContainsKey(SnapshotKeys.Home)) return;
        foreach (var known in board.All)
            if (known.Key.StartsWith(SnapshotKeys.Pages, StringComparison.Ordinal) && !versions.ContainsKey(known.Key)) board.Remove(known.Key);
    }

    private async Task TakeAsync(IDatabase db, string key)
    {
        using var span = RedisSpans.Start("read", key);
        byte[]? bytes = await db.HashGetAsync(SnapshotKeys.Bodies, key);
        if (bytes is null)
        {
            if (key.StartsWith(SnapshotKeys.Pages, StringComparison.Ordinal) && key != SnapshotKeys.Home) board.Remove(key);
        }
        else if (SnapshotBytes.Read(bytes) is { } snapshot)
        {
            board.Publish(snapshot);
        }
    }
}
