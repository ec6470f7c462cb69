using System.Collections.Concurrent;
using MassTransit;

namespace Kener.TestKit;

/// <summary>Recognizes events that are delivered again. Delivery is at least once, and a busy machine shows it.</summary>
public sealed class Deliveries
{
    private readonly ConcurrentDictionary<Guid, bool> _seen = new();

    /// <summary>Returns whether the event is delivered for the first time.</summary>
    public bool IsFirst(ConsumeContext context) => context.MessageId is not { } id || _seen.TryAdd(id, true);
}
