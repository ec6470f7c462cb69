using System.Diagnostics;
using MassTransit;

namespace Kener.Bench.Events;

/// <summary>The RabbitMQ of KENER_TEST_RABBITMQ and the Redis of KENER_TEST_REDIS.</summary>
internal static class Broker
{
    public static Dictionary<string, string?> Settings() => new()
    {
        ["Kener:Delivery"] = "RabbitMQ",
        ["ConnectionStrings:messaging"] = Environment.GetEnvironmentVariable("KENER_TEST_RABBITMQ")
            ?? throw new InvalidOperationException("KENER_TEST_RABBITMQ is not set: run this with Kener.Servers (tests/Servers), or set it to the address of a RabbitMQ server"),
        ["ConnectionStrings:cache"] = Environment.GetEnvironmentVariable("KENER_TEST_REDIS"),
        ["Kener:InternalKey"] = "a-key-of-the-benchmark-0123456789abcdef",
    };

    /// <summary>Returns how many messages per second the broker confirms, with this many in flight.</summary>
    public static async Task<double> PublishAsync<T>(IBus bus, IEnumerable<T> messages, int inFlight) where T : class
    {
        var (clock, count) = (Stopwatch.StartNew(), 0);
        foreach (var part in messages.Chunk(inFlight))
        {
            await Task.WhenAll(part.Select(message => bus.Publish(message)));
            count += part.Length;
        }
        return count / clock.Elapsed.TotalSeconds;
    }
}
