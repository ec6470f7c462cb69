using System.Reflection;
using MassTransit;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Kener.Persistence.Delivery;

/// <summary>
/// The queues of this process at the broker, and whether they are new. A new queue has missed earlier messages: the service never ran, a consumer
/// was added, or the broker lost its data. Each queue is bound to a mark of its own, an exchange that the broker deletes with the queue; a queue
/// without its mark is new.
/// </summary>
internal sealed class DeclaredQueues(Uri address) : IReceiveEndpointObserver
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _there = new(StringComparer.Ordinal);
    private int _arrivals;
    private TaskCompletionSource _change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes the next time that a queue of this process becomes available or unavailable.</summary>
    public Task Change
    {
        get
        {
            lock (_gate) return _change.Task;
        }
    }

    /// <summary>Returns a number that changes each time that one of these queues becomes available again; null unless all are available.</summary>
    public int? LastArrival(IReadOnlyCollection<string> queues)
    {
        lock (_gate) return queues.All(_there.ContainsKey) ? queues.Select(queue => _there[queue]).DefaultIfEmpty().Max() : null;
    }

    /// <summary>Returns those of the queues that have no mark yet.</summary>
    public async Task<IReadOnlyList<string>> NewAsync(IEnumerable<string> queues, CancellationToken cancel)
    {
        await using var connection = await ConnectAsync(cancel);
        List<string> found = [];
        foreach (var queue in queues)
        {
            // A passive declaration of an exchange that does not exist closes its channel.
            await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
            try
            {
                await channel.ExchangeDeclarePassiveAsync(MarkOf(queue), cancel);
            }
            catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
            {
                found.Add(queue);
            }
        }
        return found;
    }

    /// <summary>Marks these queues as known.</summary>
    public async Task MarkAsync(IEnumerable<string> queues, CancellationToken cancel)
    {
        await using var connection = await ConnectAsync(cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
        foreach (var queue in queues)
        {
            await channel.ExchangeDeclareAsync(MarkOf(queue), ExchangeType.Fanout, durable: true, autoDelete: true, cancellationToken: cancel);
            await channel.QueueBindAsync(queue, MarkOf(queue), "", cancellationToken: cancel);
        }
    }

    /// <inheritdoc/>
    public Task Ready(ReceiveEndpointReady ready) => Note(ready.InputAddress, isThere: true);

    /// <inheritdoc/>
    public Task Faulted(ReceiveEndpointFaulted faulted) => Note(faulted.InputAddress, isThere: false);

    /// <inheritdoc/>
    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task Completed(ReceiveEndpointCompleted completed) => Note(completed.InputAddress, isThere: false);

    private Task Note(Uri queue, bool isThere)
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            var name = queue.AbsolutePath.Split('/')[^1];
            if (isThere) _there[name] = ++_arrivals;
            else _there.Remove(name);
            (told, _change) = (_change, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        told.SetResult();
        return Task.CompletedTask;
    }

    private Task<IConnection> ConnectAsync(CancellationToken cancel) =>
        new ConnectionFactory { Uri = address, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(Assembly.GetEntryAssembly()?.GetName().Name ?? "kener", cancel);

    private static string MarkOf(string queue) => queue + ".known";
}
