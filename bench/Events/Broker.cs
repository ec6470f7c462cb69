using System.Diagnostics;
using MassTransit;

namespace Kener.Bench.Events;

/// <summary>The broker of KENER_TEST_RABBITMQ, and the Redis beside it.</summary>
internal static class Broker
{
    public static Dictionary<string, string?> Settings() => new()
    {
        ["Kener:Delivery"] = "RabbitMQ",
        ["ConnectionStrings:messaging"] = Environment.GetEnvironmentVariable("KENER_TEST_RABBITMQ")
            ?? throw new InvalidOperationException("KENER_TEST_RABBITMQ is not set: run by Kener.Servers (tests/Servers), or give the address of a RabbitMQ"),
        ["ConnectionStrings:cache"] = Environment.GetEnvironmentVariable("KENER_TEST_REDIS"),
        ["Kener:InternalKey"] = "a-key-of-the-benchmark-0123456789abcdef",
    };

    /// <summary>How many a second it confirms, so many of them on their way at once.</summary>
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
