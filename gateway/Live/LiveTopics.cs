using System.Net;
using Kener.ServiceDefaults;

namespace Kener.Gateway.Live;

/// <summary>
/// What readers of a page wait for together: the next change, or the next heartbeat. All readers of a page share one task, so that each
/// costs no more than its own request; one timer beats for all.
/// </summary>
internal sealed class LiveTopics : IDisposable
{
    /// <summary>Proxies end a connection on which nothing is said for long.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(25);

    private sealed class Topic
    {
        public TaskCompletionSource Next { get; set; } = Fresh();
        public int Readers { get; set; }
    }

    private readonly Dictionary<string, Topic> _byKey = [];
    private readonly Dictionary<IPAddress, int> _byClient = [];
    private readonly Lock _gate = new();
    private readonly SnapshotBoard _board;
    private readonly ITimer _timer;
    private int _readers;

    public LiveTopics(SnapshotBoard board, TimeProvider clock)
    {
        _board = board;
        _board.Changed += Tell;
        _timer = clock.CreateTimer(_ => Beat(), null, Heartbeat, Heartbeat);
    }

    /// <summary>How many listen now.</summary>
    public int Readers => Volatile.Read(ref _readers);

    /// <summary>Adds a reader of that key, until it leaves; returns false where its client has <paramref name="mostPerClient"/> already.</summary>
    public bool TryJoin(string key, IPAddress client, int mostPerClient)
    {
        lock (_gate)
        {
            var ofClient = _byClient.GetValueOrDefault(client);
            if (ofClient >= mostPerClient) return false;
            _byClient[client] = ofClient + 1;
            if (!_byKey.TryGetValue(key, out var topic)) _byKey[key] = topic = new Topic();
            topic.Readers++;
            _readers++;
            return true;
        }
    }

    public void Leave(string key, IPAddress client)
    {
        lock (_gate)
        {
            var topic = _byKey[key];
            if (--topic.Readers == 0) _byKey.Remove(key);
            if (--_byClient[client] == 0) _byClient.Remove(client);
            _readers--;
        }
    }

    /// <summary>Done at the next change of that key or the next heartbeat. Ask for it before looking at the board, so that nothing is missed.</summary>
    public Task NextAsync(string key)
    {
        lock (_gate) return _byKey[key].Next.Task;
    }

    public void Dispose()
    {
        _board.Changed -= Tell;
        _timer.Dispose();
    }

    private void Tell(string key, Snapshot? snapshot)
    {
        lock (_gate)
            if (_byKey.TryGetValue(key, out var topic)) Wake(topic);
    }

    private void Beat()
    {
        lock (_gate)
            foreach (var topic in _byKey.Values) Wake(topic);
    }

    private static void Wake(Topic topic)
    {
        var next = topic.Next;
        topic.Next = Fresh();
        next.SetResult();
    }

    // Readers go on by themselves, not on the publisher's thread.
    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
