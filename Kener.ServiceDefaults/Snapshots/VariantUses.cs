using System.Collections.Concurrent;

namespace Kener.ServiceDefaults.Snapshots;

/// <summary>
/// Records when each variant of a page, and each page that is rendered on demand, was last sent to a visitor. Only the gateway knows that, because it
/// serves pages from memory; the owner of the pages keeps those that are used.
/// </summary>
public sealed class VariantUses : IDisposable
{
    private const int Most = 20_000, GrainMs = 1_000;
    private readonly ConcurrentDictionary<string, long> _lastMs = new(StringComparer.Ordinal);
    private readonly SnapshotStore _board;
    private readonly TimeProvider _clock;

    /// <summary>Subscribes to the snapshot store: when it drops a page, the uses of the page are dropped.</summary>
    public VariantUses(SnapshotStore board, TimeProvider clock)
    {
        (_board, _clock) = (board, clock);
        board.Changed += Forget;
    }

    /// <summary>Records that the page of the key was used now.</summary>
    public void Note(string key)
    {
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (_lastMs.TryGetValue(key, out var last))
        {
            if (now - last < GrainMs) return;
        }
        else if (_lastMs.Count >= Most)
        {
            _lastMs.Clear();
        }
        _lastMs[key] = now;
    }

    /// <summary>Records uses in another process, for the pages that the store has.</summary>
    public void NoteAll(IEnumerable<string> keys)
    {
        foreach (var key in keys)
            if (_board.Find(key) is not null) Note(key);
    }

    /// <summary>Returns when the page of the key was last used, in Unix milliseconds; 0 if no use is known.</summary>
    public long LastMs(string key) => _lastMs.GetValueOrDefault(key);

    /// <summary>Returns the keys that were used at or after <paramref name="ms"/>, in Unix milliseconds.</summary>
    public IReadOnlyList<string> Since(long ms) => [.. _lastMs.Where(use => use.Value >= ms).Select(use => use.Key)];

    /// <summary>Unsubscribes from the snapshot store.</summary>
    public void Dispose() => _board.Changed -= Forget;

    private void Forget(string key, Snapshot? snapshot)
    {
        if (snapshot is null) _lastMs.TryRemove(key, out _);
    }
}
