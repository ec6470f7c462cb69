using System.Collections.Concurrent;
using Kener.ServiceDefaults;

namespace Kener.Persistence.Delivery;

/// <summary>Wakes this process's dispatcher after a commit, and notifies commits when their events are delivered.</summary>
public sealed class OutboxSignal<TDb> where TDb : ModuleDb
{
    /// <summary>
    /// For this many milliseconds after its commit, only the committing process delivers an event, from memory. Afterwards any replica may, from the
    /// table.
    /// </summary>
    internal const long OursForMs = 2_000;
    private const int MostHandedOver = 1_000;

    private readonly ConcurrentQueue<OutboxRow> _handedOver = new();
    private readonly ConcurrentDictionary<Guid, TaskCompletionSource> _expected = new();
    private readonly WakeSignal _wake = new();
    private volatile bool _isDelivering;

    /// <summary>True while the dispatcher runs, so that waiting for it makes sense.</summary>
    internal bool IsDelivering { get => _isDelivering; set => _isDelivering = value; }

    /// <summary>The number of deliveries that are waited for; for tests.</summary>
    internal int Expected => _expected.Count;

    /// <summary>Registers these rows as waited for; the caller must call <see cref="Forget"/> afterwards, whatever happens.</summary>
    internal void Expect(IReadOnlyList<OutboxRow> rows)
    {
        foreach (var row in rows) _expected[row.MessageId] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Completes when all of these rows, which must be registered, are settled.</summary>
    internal Task Delivered(IReadOnlyList<OutboxRow> rows) => Task.WhenAll(rows.Select(row => _expected[row.MessageId].Task));

    internal void Forget(IReadOnlyList<OutboxRow> rows)
    {
        foreach (var row in rows) _expected.TryRemove(row.MessageId, out _);
    }

    /// <summary>Notifies the waiting commit that a row is delivered or has become a dead letter.</summary>
    internal void Settle(OutboxRow row)
    {
        if (_expected.TryGetValue(row.MessageId, out var hand)) hand.TrySetResult();
    }

    /// <summary>
    /// Hands over rows that were just committed to the dispatcher, which then need not query and lock them. Rows beyond the limit in memory, and
    /// those that are lost with it, are found in the table when they are due.
    /// </summary>
    internal void HandOver(IReadOnlyList<OutboxRow> rows)
    {
        if (_handedOver.Count + rows.Count > MostHandedOver) return;
        foreach (var row in rows) _handedOver.Enqueue(row);
    }

    /// <summary>Takes rows that were handed over, oldest first.</summary>
    internal List<OutboxRow> TakeOver(int atMost)
    {
        var rows = new List<OutboxRow>();
        while (rows.Count < atMost && _handedOver.TryDequeue(out var row)) rows.Add(row);
        return rows;
    }

    internal void Wake() => _wake.Wake();

    internal Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancel) => _wake.WaitAsync(atMost, clock, cancel);
}
