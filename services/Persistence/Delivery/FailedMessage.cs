using System.Text;
using System.Text.Json;
using Kener.Contracts;
using MassTransit;

namespace Kener.Persistence.Delivery;

/// <summary>A message that failed every attempt, as its dead letter stores it. Reading it never fails, whatever body and headers contain.</summary>
internal sealed record FailedMessage(Guid Id, string Type, string Payload, string Queue)
{
    private const string Unknown = "unknown";
    // The maximum of an event. Larger messages, and those that are no event, are kept as the beginning of their text, for a person to look at.
    private const int LargestEvent = 16 << 20, LongestText = 4_000, LongestRest = 500;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a message. Its queue is the one from which the broker dead-lettered it, or else the one that it is in.</summary>
    public static FailedMessage Of(ReceiveContext context)
    {
        var bytes = Try(context.Body.GetBytes) ?? [];
        var (type, payload) = Try(() => EventOf(bytes)) ?? (Unknown, TextOf(bytes));
        var id = Try(() => context.GetMessageId()?.ToString());
        var (own, from) = (QueueOf(context), FirstQueueOf(context));
        return new FailedMessage(Guid.TryParse(id, out var known) ? known : Guid.CreateVersion7(), type, payload, from ?? own);
    }

    /// <summary>Returns the queue from which the broker dead-lettered it; null if it did not. Any sender may have written that header.</summary>
    public static string? FirstQueueOf(ReceiveContext context) =>
        Try(() => context.TransportHeaders.TryGetHeader("x-first-death-queue", out var queue) ? queue as string : null);

    public static string QueueOf(ReceiveContext context) => context.InputAddress.AbsolutePath.Split('/')[^1];

    /// <summary>Returns a copy without anything that a database could reject.</summary>
    public FailedMessage Cleaned() => this with { Type = Unknown, Payload = Ascii(Payload), Queue = Ascii(Queue) };

    /// <summary>Returns the beginning of a text in printable ASCII.</summary>
    public static string Ascii(string text) => new([.. text.Take(LongestRest).Select(letter => letter is >= ' ' and <= '~' ? letter : '?')]);

    /// <summary>Returns the event in the bus's envelope, whose type reads "urn:message:Kener.Contracts:IncidentChanged"; null if none.</summary>
    private static (string Type, string Payload)? EventOf(byte[] bytes)
    {
        if (bytes.Length > LargestEvent) return null;
        using var envelope = JsonDocument.Parse(Strict.GetString(bytes));
        var name = envelope.RootElement.GetProperty("messageType")[0].GetString()!.Split(':')[^1];
        return EventTypes.Find(name) is null ? null : (name, envelope.RootElement.GetProperty("message").GetRawText());
    }

    private static string TextOf(byte[] bytes) => DeadLetter.Storable(Encoding.UTF8.GetString(bytes, 0, Math.Min(bytes.Length, LongestText)));

    private static T? Try<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (Exception)
        {
            // The content is not what it claims to be. The caller has a fallback.
            return default;
        }
    }
}
