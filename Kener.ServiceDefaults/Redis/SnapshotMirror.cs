using System.Collections.Concurrent;
using System.Diagnostics;
using Kener.ServiceDefaults.Snapshots;
using Kener.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Kener.ServiceDefaults.Redis;

/// <summary>
/// Writes the owner's snapshots (those whose key begins with its prefix) to Redis: each one when it changes, and all of them again when Redis has
/// lost something. An older version never overwrites a newer one. While Redis is unreachable, nothing is lost: the store has everything.
/// </summary>
internal sealed class SnapshotMirror(
    Lazy<IConnectionMultiplexer> redis, SnapshotStore board, string prefix, TimeProvider clock, ILogger<SnapshotMirror> log) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    // The changed keys, each with the trace of its last change.
    private readonly ConcurrentDictionary<string, ActivityContext> _dirty = new(StringComparer.Ordinal);
    private readonly WakeSignal _changed = new();
    private readonly RedisContact _contact = new(log);
    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private string? _epoch;
    private long _confirmedMs;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        board.Changed += Note;
        try
        {
            while (true)
            {
                await TurnAsync(stoppingToken);
                await _changed.WaitAsync(Look, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process is stopping.
        }
        finally
        {
            board.Changed -= Note;
        }
    }

    private void Note(string key, Snapshot? snapshot)
    {
        if (!key.StartsWith(prefix, StringComparison.Ordinal)) return;
        _dirty[key] = KenerTraces.Current;
        _changed.Wake();
    }

    private async Task TurnAsync(CancellationToken cancel)
    {
        try
        {
            var db = redis.Value.GetDatabase();
            // Changes first; whether Redis has lost something can be checked afterwards.
            await WriteAllAsync(db, cancel);
            var epoch = await EpochAsync(db);
            if (epoch != _epoch && await NoteAllAsync(db))
            {
                _epoch = epoch;
                await WriteAllAsync(db, cancel);
            }
            await ConfirmAsync(db);
            _contact.Succeeded();
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            _contact.Failed(fault);
            await Task.Delay(Look, clock, cancel);
        }
    }

    private async Task WriteAllAsync(IDatabase db, CancellationToken cancel)
    {
        // The home page last: once Redis has it, a gateway removes the pages that Redis lacks.
        foreach (var key in _dirty.Keys.OrderBy(key => key == SnapshotKeys.Home))
        {
            cancel.ThrowIfCancellationRequested();
            // Removed before it is written, so that a change in between is written again.
            _dirty.TryRemove(key, out var cause);
            try
            {
                await WriteAsync(db, key, cause);
                _failing.Remove(key);
            }
            catch (RedisServerException fault)
            {
                // Redis is reachable but refuses this snapshot; the others must not wait for it.
                _dirty.TryAdd(key, cause);
                if (_failing.Add(key)) log.LogWarning("Redis refuses the snapshot {Key}; it is retried every second: {Reason}", key, fault.Message);
            }
            catch
            {
                _dirty.TryAdd(key, cause);
                throw;
            }
        }
    }

    private async Task<string> EpochAsync(IDatabase db) => (string)(await db.ScriptEvaluateAsync(
        SnapshotScripts.Epoch, [SnapshotKeys.Versions, SnapshotKeys.Bodies, SnapshotKeys.Writes, SnapshotKeys.Confirmed, SnapshotKeys.Epoch],
        [Guid.NewGuid().ToString("N"), _epoch is null ? "0" : "1"]))!;

    /// <summary>Marks every snapshot to be written again; returns false while there is none yet.</summary>
    private async Task<bool> NoteAllAsync(IDatabase db)
    {
        var here = board.All.Where(snapshot => snapshot.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(snapshot => snapshot.Key).ToHashSet();
        // Nothing is rendered yet: what Redis has is the best there is.
        if (here.Count == 0) return false;
        foreach (var key in here) _dirty.TryAdd(key, default);
        foreach (var known in await db.HashKeysAsync(SnapshotKeys.Versions))
            if (known.ToString() is var key && key.StartsWith(prefix, StringComparison.Ordinal)) _dirty.TryAdd(key, default);
        return true;
    }

    /// <summary>
    /// Writes the store's snapshot of the key to Redis, or removes it there if the store has none, unless Redis has a newer version.
    /// </summary>
    private async Task WriteAsync(IDatabase db, string key, ActivityContext cause)
    {
        var snapshot = board.Find(key);
        // The home page is never removed: an old one is better than none.
        if (snapshot is null && key == SnapshotKeys.Home) return;
        using var span = KenerTraces.Start("write snapshot", cause)?.SetTag("kener.snapshot", key);
        RedisValue[] facts = [SnapshotKeys.News.ToString(), key, SnapshotIntake.LatestVersion(clock)];
        await db.ScriptEvaluateAsync(SnapshotScripts.Write, [SnapshotKeys.Versions, SnapshotKeys.Bodies, SnapshotKeys.Writes],
            snapshot is null ? facts : [.. facts, snapshot.Version, SnapshotBytes.Write(snapshot)]);
    }

    private async Task ConfirmAsync(IDatabase db)
    {
        // Only the owner of the pages confirms them; elsewhere the store's first value never changes.
        if (board.ConfirmedMs == _confirmedMs || !prefix.StartsWith(SnapshotKeys.Pages, StringComparison.Ordinal)) return;
        var confirmed = board.ConfirmedMs;
        await db.StringSetAsync(SnapshotKeys.Confirmed, confirmed);
        _confirmedMs = confirmed;
    }
}
