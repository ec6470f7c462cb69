using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Kener.Persistence;

/// <summary>
/// Declares the modules' dead-letter queues with a delivery limit before the bus does. Earlier builds made them without one, and RabbitMQ
/// changes no queue: what is in such a queue is moved aside, the queue is made anew, and all is moved back. What a stop interrupts here
/// goes on at the next start.
/// </summary>
internal static class DeadLetterQueues
{
    private static readonly Dictionary<string, object?> Arguments = new() { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = RabbitDelivery.DeliveryLimit };

    public static async Task PrepareAsync(IConnection connection, IEnumerable<string> queues, ILogger log, CancellationToken cancel)
    {
        foreach (var queue in queues)
        {
            var aside = queue + "-moved";
            if (!await IsDeclaredAsync(connection, queue, cancel))
            {
                await IsDeclaredAsync(connection, aside, cancel);
                await MoveAsync(connection, queue, aside, cancel);
                await DeleteAsync(connection, queue, cancel);
                if (!await IsDeclaredAsync(connection, queue, cancel)) throw new InvalidOperationException($"Another process makes the queue {queue} without a delivery limit");
                log.LogInformation("The queue {Queue} has a delivery limit now", queue);
            }
            else if (!await ExistsAsync(connection, aside, cancel))
            {
                continue;
            }
            await MoveAsync(connection, aside, queue, cancel);
            await DeleteAsync(connection, aside, cancel);
        }
    }

    /// <summary>False where it is there with other arguments.</summary>
    private static async Task<bool> IsDeclaredAsync(IConnection connection, string queue, CancellationToken cancel)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
        try
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, Arguments, cancellationToken: cancel);
            return true;
        }
        catch (OperationInterruptedException other) when (other.ShutdownReason?.ReplyCode == Constants.PreconditionFailed)
        {
            return false;
        }
    }

    private static async Task<bool> ExistsAsync(IConnection connection, string queue, CancellationToken cancel)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
        try
        {
            await channel.QueueDeclarePassiveAsync(queue, cancel);
            return true;
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return false;
        }
    }

    /// <summary>Each is taken off the one queue when the broker has it in the other.</summary>
    private static async Task MoveAsync(IConnection connection, string from, string to, CancellationToken cancel)
    {
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancel);
        while (await channel.BasicGetAsync(from, autoAck: false, cancel) is { } message)
        {
            await channel.BasicPublishAsync("", to, mandatory: true, new BasicProperties(message.BasicProperties), message.Body, cancel);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, cancel);
        }
    }

    private static async Task DeleteAsync(IConnection connection, string queue, CancellationToken cancel)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
        await channel.QueueDeleteAsync(queue, cancellationToken: cancel);
    }
}
