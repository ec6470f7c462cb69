using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Kener.Persistence;

/// <summary>Wakes the dispatcher of this process when something was committed, and tells committers when it was delivered.</summary>
public sealed class OutboxSignal<TDb> where TDb : ModuleDb
{
    /// <summary>So many milliseconds from its commit an event is for the committer to deliver, from memory; then for whoever finds it in the table.</summary>
    internal const long OursForMs = 2_000;
    private const int MostHandedOver = 1_000;

    private readonly ConcurrentQueue<OutboxRow> _handedOver = new();
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _expected = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile bool _isDelivering;

    /// <summary>Whether the dispatcher is at work, so that waiting for it makes sense.</summary>
    internal bool IsDelivering { get => _isDelivering; set => _isDelivering = value; }

    /// <summary>For tests: how many deliveries are being waited for.</summary>
    internal int Expected => _expected.Count;

    /// <summary>Raises a hand for these rows; the caller takes it down by <see cref="Forget"/>, whatever happens.</summary>
    internal void Expect(IReadOnlyList<OutboxRow> rows)
    {
        foreach (var row in rows) _expected[row.MessageId] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Done when all of these rows, which were expected, are settled.</summary>
    internal Task Delivered(IReadOnlyList<OutboxRow> rows) => Task.WhenAll(rows.Select(row => _expected[row.MessageId].Task));

    internal void Forget(IReadOnlyList<OutboxRow> rows)
    {
        foreach (var row in rows) _expected.TryRemove(row.MessageId, out _);
    }

    /// <summary>Delivered, or given up: nobody need wait longer.</summary>
    internal void Settle(OutboxRow row)
    {
        if (_expected.TryGetValue(row.MessageId, out var hand)) hand.TrySetResult();
    }

    /// <summary>
    /// Gives the dispatcher what was just committed, so that it need neither look for it nor lock it. What is too much for its memory, or is
    /// lost with it, is found in the table when it is due.
    /// </summary>
    internal void HandOver(IReadOnlyList<OutboxRow> rows)
    {
        if (_handedOver.Count + rows.Count > MostHandedOver) return;
        foreach (var row in rows) _handedOver.Enqueue(row);
    }

    /// <summary>Takes what was handed over, oldest first.</summary>
    internal List<OutboxRow> TakeOver(int atMost)
    {
        var rows = new List<OutboxRow>();
        while (rows.Count < atMost && _handedOver.TryDequeue(out var row)) rows.Add(row);
        return rows;
    }

    internal void Wake() => _wake.Writer.TryWrite(true);

    internal async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancel)
    {
        await using var poll = clock.CreateTimer(_ => Wake(), null, atMost, Timeout.InfiniteTimeSpan);
        await _wake.Reader.ReadAsync(cancel);
    }
}
