using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Kener.Persistence;

/// <summary>Wakes the dispatcher of this process when something was committed, and tells committers when it was delivered.</summary>
public sealed class OutboxSignal<TDb> where TDb : ModuleDb
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _waiting = new();
    private readonly ConcurrentQueue<long> _recent = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    internal Task Raise(IReadOnlyList<OutboxRow> rows)
    {
        var delivered = rows.Select(row =>
            _waiting.GetOrAdd(row.Id, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task).ToArray();
        Wake();
        return Task.WhenAll(delivered);
    }

    internal void Wake() => _wake.Writer.TryWrite(true);

    internal async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancel)
    {
        using var poll = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(poll.Token, cancel);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Nobody called: time to look by oneself.
        }
    }

    /// <summary>Delivered, or given up: nobody need wait longer. A commit may be faster in delivery than in raising its hand.</summary>
    internal void Settle(long rowId)
    {
        var settled = _waiting.GetOrAdd(rowId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        settled.TrySetResult();
        _recent.Enqueue(rowId);
        while (_recent.Count > 4096 && _recent.TryDequeue(out var old)) _waiting.TryRemove(old, out _);
    }

}
