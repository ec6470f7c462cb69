using System.Net;
using Kener.ServiceDefaults.Snapshots;

namespace Kener.Gateway.Live;

/// <summary>
/// Wakes the readers of a page at its next change or at the next heartbeat. All readers of a page await one shared task, so that a reader costs no
/// more than its own request; one timer sends the heartbeats for all pages.
/// </summary>
internal sealed class LiveTopics : IDisposable
{
    /// <summary>Time between heartbeats: proxies close a connection that is silent for long.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(25);

    private sealed class Topic
    {
        public TaskCompletionSource Next { get; set; } = Fresh();
        public int Readers { get; set; }
    }

    private readonly Dictionary<string, Topic> _byKey = [];
    private readonly Dictionary<IPAddress, int> _byClient = [];
    private readonly Lock _gate = new();
    private readonly SnapshotStore _board;
    private readonly ITimer _timer;
    private int _readers;

    public LiveTopics(SnapshotStore board, TimeProvider clock)
    {
        _board = board;
        _board.Changed += Tell;
        _timer = clock.CreateTimer(_ => Beat(), null, Heartbeat, Heartbeat);
    }

    /// <summary>The number of connected readers.</summary>
    public int Readers => Volatile.Read(ref _readers);

    /// <summary>Adds a reader of the key until it leaves; returns false if its client already has <paramref name="mostPerClient"/>.</summary>
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

    /// <summary>
    /// Returns a task that completes at the next change of the key or the next heartbeat. Get it before reading the store, so that no change is
    /// missed.
    /// </summary>
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

    // Readers must not continue on the publisher's thread.
    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
