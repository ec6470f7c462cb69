using Kener.ServiceDefaults.Snapshots;

namespace Kener.Gateway.Pages;

/// <summary>
/// Remembers for two seconds which incidents do not exist, so that requests with invented ids do not reach the database again and again. Forgets all
/// of them whenever a page changes, because a new incident changes the pages that show it.
/// </summary>
internal sealed class UnknownIncidents : IDisposable
{
    private const int Most = 10_000;
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(2);
    private readonly Dictionary<string, (int Status, long At)> _byPath = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly SnapshotStore _board;
    private readonly TimeProvider _clock;
    private long _changes;

    public UnknownIncidents(SnapshotStore board, TimeProvider clock)
    {
        (_board, _clock) = (board, clock);
        board.Changed += Forget;
    }

    /// <summary>Counts the changes of pages. A response that was requested before a change is not remembered after it.</summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>Returns 404 or 410 if the path was answered with it in the last two seconds, else null.</summary>
    public int? Find(string path)
    {
        lock (_gate) return _byPath.TryGetValue(path, out var known) && _clock.GetElapsedTime(known.At) < KeptFor ? known.Status : null;
    }

    public void Add(string path, int status, long changesBefore)
    {
        lock (_gate)
        {
            if (_changes != changesBefore) return;
            if (_byPath.Count >= Most) _byPath.Clear();
            _byPath[path] = (status, _clock.GetTimestamp());
        }
    }

    public void Dispose() => _board.Changed -= Forget;

    private void Forget(string key, Snapshot? snapshot)
    {
        lock (_gate)
        {
            _changes++;
            _byPath.Clear();
        }
    }
}
