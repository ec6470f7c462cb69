using System.Threading.Channels;
using Kener.ServiceDefaults.Snapshots;
using Kener.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Kener.ServiceDefaults.Redis;

/// <summary>
/// Copies snapshots from Redis to the gateway's store, at each announcement and once a second, because announcements reach only connected
/// subscribers. While Redis is unreachable, or has lost everything, the store keeps what it has. Nothing in Redis can end the loop:
/// <see cref="SnapshotIntake"/> checks it.
/// </summary>
internal sealed class SnapshotFollower(
    Lazy<IConnectionMultiplexer> redis, SnapshotStore board, SnapshotIntake intake, RedisNews news, TimeProvider clock, ILogger<SnapshotFollower> log)
    : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly Channel<string> _news = Channel.CreateBounded<string>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly RedisContact _contact = new(log);
    // Keys of snapshots that were read before Redis lost everything: Redis may now have other bytes of the same version.
    private readonly HashSet<string> _unconfirmed = new(StringComparer.Ordinal);
    private bool _listens, _hasLooked;
    private string? _epoch, _writes;
    private long _confirmedMs = -1;

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
            // The process is stopping.
        }
    }

    private async Task TurnAsync(CancellationToken cancel)
    {
        try
        {
            // Connecting may take a second, during which it blocks its thread.
            await LookAsync(await Task.Run(() => redis.Value, cancel));
            news.Heard();
            _contact.Succeeded();
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            news.Failed();
            _contact.Failed(fault);
            await Task.Delay(Look, clock, cancel);
        }
    }

    /// <summary>Handles announcements until the next poll is due.</summary>
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
            // The next poll is due.
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            log.LogDebug("An announced snapshot could not be read: {Reason}", fault.Message);
            _writes = null;
        }
    }

    private async Task LookAsync(IConnectionMultiplexer connection)
    {
        if (!_listens)
        {
            await connection.GetSubscriber().SubscribeAsync(SnapshotKeys.News, (_, key) => Note(key));
            _listens = true;
        }
        var db = connection.GetDatabase();
        var facts = (RedisResult[])(await db.ScriptEvaluateAsync(SnapshotScripts.Facts, [SnapshotKeys.Writes, SnapshotKeys.Confirmed, SnapshotKeys.Epoch]))!;
        var (writes, confirmed, epoch) = ((string?)facts[0], intake.VersionOf((string?)facts[1]) ?? 0, (string?)facts[2]);
        if (_hasLooked && epoch != _epoch) foreach (var known in board.All) _unconfirmed.Add(known.Key);
        if (writes != _writes || epoch != _epoch) await TakeAllAsync(db);
        (_writes, _epoch, _hasLooked) = (writes, epoch, true);
        // The owner's clock may differ from ours, so a new confirmation counts as made now; for the first one, its own time is the best that is
        // known.
        if (confirmed != 0 && _confirmedMs == -1) board.ConfirmedAt(confirmed);
        else if (confirmed != 0 && confirmed != _confirmedMs) board.Confirm();
        if (confirmed != 0 && confirmed != _confirmedMs) news.Confirmed();
        _confirmedMs = confirmed;
    }

    /// <summary>Queues an announced key if it is valid: anyone who can reach Redis can publish anything.</summary>
    private void Note(RedisValue message)
    {
        if (message.Length() is > 0 and <= SnapshotIntake.LongestKey && (string?)message is { } key && SnapshotIntake.IsKey(key)) _news.Writer.TryWrite(key);
    }

    private async Task TakeAllAsync(IDatabase db)
    {
        var pairs = (RedisResult[])(await db.ScriptEvaluateAsync(
            SnapshotScripts.Inventory, [SnapshotKeys.Versions], [SnapshotIntake.MostSnapshots, SnapshotIntake.LongestKey]))!;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < pairs.Length; i += 2)
        {
            var (key, digits) = ((string)pairs[i]!, (string)pairs[i + 1]!);
            if (!keys.Add(key)) continue;
            if (!SnapshotIntake.IsKey(key)) intake.Refuse(key, "a snapshot cannot have this key");
            else if (intake.VersionOf(digits) is not { } version) intake.Refuse(key, "its version is not a number, or too far ahead");
            else await CompareAsync(db, key, version);
        }
        intake.Retain(keys);
        // A Redis that has lost everything removes no page: the owner writes them again.
        if (!keys.Contains(SnapshotKeys.Home)) return;
        foreach (var known in board.All)
            if (known.Key.StartsWith(SnapshotKeys.Pages, StringComparison.Ordinal) && !keys.Contains(known.Key)) board.Remove(known.Key);
    }

    private async Task CompareAsync(IDatabase db, string key, long version)
    {
        var known = board.Find(key);
        if (known is null || known.Version <= version) intake.Trust(key);
        else intake.Doubt(known);
        if (known is null || known.Version < version) await TakeAsync(db, key);
        else if (known.Version == version && _unconfirmed.Contains(key)) await TakeAsync(db, key, replaces: true);
        _unconfirmed.Remove(key);
    }

    private async Task TakeAsync(IDatabase db, string key, bool replaces = false)
    {
        using var span = KenerTraces.Start("read snapshot")?.SetTag("kener.snapshot", key);
        var read = (RedisResult[])(await db.ScriptEvaluateAsync(
            SnapshotScripts.Read, [SnapshotKeys.Versions, SnapshotKeys.Bodies], [key, SnapshotIntake.LargestSnapshot]))!;
        var (digits, bytes, size) = ((string?)read[0], (byte[]?)read[1], (long)read[2]);
        if (digits is null && size == 0)
        {
            if (key.StartsWith(SnapshotKeys.Pages, StringComparison.Ordinal) && key != SnapshotKeys.Home) board.Remove(key);
        }
        else if (intake.VersionOf(digits) is not { } version) intake.Refuse(key, "its version is not a number, or too far ahead");
        else if (bytes is null) intake.Refuse(key, size == 0 ? "it has a version but no content" : "it is too large");
        else intake.Take(key, version, bytes, replaces);
    }
}
