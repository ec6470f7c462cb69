using System.Collections.Concurrent;

namespace Kener.ServiceDefaults;

/// <summary>
/// When each variant of a page, and each incident's page, was last sent to a visitor. The gateway answers from memory, so that only the
/// gateway knows; the owner of the pages keeps those that are used.
/// </summary>
public sealed class VariantUses : IDisposable
{
    private const int Most = 20_000, GrainMs = 1_000;
    private readonly ConcurrentDictionary<string, long> _lastMs = new(StringComparer.Ordinal);
    private readonly SnapshotBoard _board;
    private readonly TimeProvider _clock;

    /// <summary>Follows the board: the uses of a page that it drops are dropped.</summary>
    public VariantUses(SnapshotBoard board, TimeProvider clock)
    {
        (_board, _clock) = (board, clock);
        board.Changed += Forget;
    }

    /// <summary>Notes that the page of that key was used now.</summary>
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

    /// <summary>Notes uses at another process, of those pages that the board has.</summary>
    public void NoteAll(IEnumerable<string> keys)
    {
        foreach (var key in keys)
            if (_board.Find(key) is not null) Note(key);
    }

    /// <summary>Returns when the page of that key was last used, in Unix milliseconds; 0 where no use is known.</summary>
    public long LastMs(string key) => _lastMs.GetValueOrDefault(key);

    /// <summary>Returns the keys that were used at that instant, in Unix milliseconds, or later.</summary>
    public IReadOnlyList<string> Since(long ms) => [.. _lastMs.Where(use => use.Value >= ms).Select(use => use.Key)];

    /// <summary>Stops to follow the board.</summary>
    public void Dispose() => _board.Changed -= Forget;

    private void Forget(string key, Snapshot? snapshot)
    {
        if (snapshot is null) _lastMs.TryRemove(key, out _);
    }
}
