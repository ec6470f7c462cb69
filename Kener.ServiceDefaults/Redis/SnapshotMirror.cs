using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Kener.ServiceDefaults;

/// <summary>
/// Owner → Redis: each of the owner's snapshots (those whose key begins with his prefix) at once, and all of them again when Redis has lost something. An older version never
/// overwrites a newer one. While Redis is away, nothing is lost: the board has it all.
/// </summary>
internal sealed class SnapshotMirror(
    Lazy<IConnectionMultiplexer> redis, SnapshotBoard board, string prefix, TimeProvider clock, ILogger<SnapshotMirror> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, bool> _dirty = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _changed = new(0, 1);
    private RedisValue _epoch;
    private long _confirmedMs;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        board.Changed += Note;
        try
        {
            while (true)
            {
                await TurnAsync(stoppingToken);
                await WaitAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
        finally
        {
            board.Changed -= Note;
        }
    }

    private void Note(string key, Snapshot? snapshot)
    {
        if (!key.StartsWith(prefix, StringComparison.Ordinal)) return;
        _dirty[key] = true;
        Wake();
    }

    private void Wake()
    {
        try
        {
            if (_changed.CurrentCount == 0) _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // Awake already.
        }
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        using var look = new CancellationTokenSource(Look, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(look.Token, cancel);
        try
        {
            await _changed.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Nobody called: time to look by oneself.
        }
    }

    private async Task TurnAsync(CancellationToken cancel)
    {
        try
        {
            var db = redis.Value.GetDatabase();
            var epoch = await EpochAsync(db);
            if (epoch != _epoch && await NoteAllAsync(db)) _epoch = epoch;
            foreach (var key in _dirty.Keys)
            {
                // Taken off first: what changes while it is written is written again.
                _dirty.TryRemove(key, out _);
                try
                {
                    await WriteAsync(db, key, cancel);
                }
                catch
                {
                    _dirty[key] = true;
                    throw;
                }
            }
            await ConfirmAsync(db);
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException or ObjectDisposedException)
        {
            log.LogWarning("Redis does not take the snapshots: {Reason}", fault.Message);
            _changed.Wait(0, CancellationToken.None);
            await Task.Delay(Look, clock, cancel);
        }
    }

    private static async Task<RedisValue> EpochAsync(IDatabase db)
    {
        var epoch = await db.StringGetAsync(SnapshotKeys.Epoch);
        if (!epoch.IsNull) return epoch;
        await db.StringSetAsync(SnapshotKeys.Epoch, Guid.NewGuid().ToString("N"), when: When.NotExists);
        return await db.StringGetAsync(SnapshotKeys.Epoch);
    }

    /// <summary>Everything is to be written again; false while there is nothing yet.</summary>
    private async Task<bool> NoteAllAsync(IDatabase db)
    {
        var here = board.All.Where(snapshot => snapshot.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(snapshot => snapshot.Key).ToHashSet();
        // Nothing drawn yet: what Redis has is the best there is.
        if (here.Count == 0) return false;
        foreach (var key in here) _dirty[key] = true;
        foreach (var known in await db.HashKeysAsync(SnapshotKeys.Versions))
            if (known.ToString() is var key && key.StartsWith(prefix, StringComparison.Ordinal)) _dirty[key] = true;
        return true;
    }

    /// <summary>Makes Redis say what the board says now, unless it says something newer.</summary>
    private async Task WriteAsync(IDatabase db, string key, CancellationToken cancel)
    {
        using var span = RedisSpans.Start("write", key);
        while (!cancel.IsCancellationRequested)
        {
            var snapshot = board.Find(key);
            var known = await db.HashGetAsync(SnapshotKeys.Versions, key);
            // The home page is never taken away: the last one is better than none.
            if (snapshot is null ? known.IsNull || key == SnapshotKeys.Home : (long?)known >= snapshot.Version) return;
            var change = db.CreateTransaction();
            change.AddCondition(known.IsNull ? Condition.HashNotExists(SnapshotKeys.Versions, key) : Condition.HashEqual(SnapshotKeys.Versions, key, known));
            var parts = snapshot is null ? Remove(change, key) : Put(change, snapshot);
            var counted = change.StringIncrementAsync(SnapshotKeys.Writes);
            var told = change.PublishAsync(SnapshotKeys.News, key);
            // Where someone was faster, look again.
            if (!await change.ExecuteAsync()) continue;
            await Task.WhenAll([.. parts, counted, told]);
            return;
        }
    }

    private static Task[] Put(ITransaction change, Snapshot snapshot) =>
    [
        change.HashSetAsync(SnapshotKeys.Bodies, snapshot.Key, SnapshotBytes.Write(snapshot)),
        change.HashSetAsync(SnapshotKeys.Versions, snapshot.Key, snapshot.Version),
    ];

    private static Task[] Remove(ITransaction change, string key) =>
        [change.HashDeleteAsync(SnapshotKeys.Bodies, key), change.HashDeleteAsync(SnapshotKeys.Versions, key)];

    private async Task ConfirmAsync(IDatabase db)
    {
        // Only who owns the pages confirms; elsewhere the board's first value never moves.
        if (board.ConfirmedMs == _confirmedMs || !prefix.StartsWith(SnapshotKeys.Pages, StringComparison.Ordinal)) return;
        var confirmed = board.ConfirmedMs;
        await db.StringSetAsync(SnapshotKeys.Confirmed, confirmed);
        _confirmedMs = confirmed;
    }
}
