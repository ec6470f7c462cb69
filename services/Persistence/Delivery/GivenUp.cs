using System.Text;
using System.Text.Json;
using Kener.Contracts;
using MassTransit;

namespace Kener.Persistence;

/// <summary>A message that no try took in, as a dead letter keeps it: whatever it holds and whatever its headers say, reading it does not fail.</summary>
internal sealed record GivenUp(Guid Id, string Type, string Payload, string Queue)
{
    private const string Unknown = "unknown";
    // As much as an event may have at most; what is larger, or is no event, is kept as the beginning of its text, for a person to look at.
    private const int LargestEvent = 16 << 20, LongestText = 4_000, LongestRest = 500;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Where the broker moved it from, or the queue that it is in.</summary>
    public static GivenUp Of(ReceiveContext context)
    {
        var bytes = Try(context.Body.GetBytes) ?? [];
        var (type, payload) = Try(() => EventOf(bytes)) ?? (Unknown, TextOf(bytes));
        var id = Try(() => context.GetMessageId()?.ToString());
        var (own, from) = (QueueOf(context), FirstQueueOf(context));
        return new GivenUp(Guid.TryParse(id, out var known) ? known : Guid.CreateVersion7(), type, payload, from ?? own);
    }

    /// <summary>The queue from which the broker set it aside; null where it did not. Any sender may have written that header.</summary>
    public static string? FirstQueueOf(ReceiveContext context) =>
        Try(() => context.TransportHeaders.TryGetHeader("x-first-death-queue", out var queue) ? queue as string : null);

    public static string QueueOf(ReceiveContext context) => context.InputAddress.AbsolutePath.Split('/')[^1];

    /// <summary>The same with nothing in it that any database could refuse.</summary>
    public GivenUp Cleaned() => this with { Type = Unknown, Payload = Ascii(Payload), Queue = Ascii(Queue) };

    /// <summary>Its beginning in printable ASCII.</summary>
    public static string Ascii(string text) => new([.. text.Take(LongestRest).Select(letter => letter is >= ' ' and <= '~' ? letter : '?')]);

    /// <summary>The event in the bus' envelope, whose type reads "urn:message:Kener.Contracts:IncidentChanged"; null where there is none.</summary>
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
            // It is not what it says. The caller has something to put in its place.
            return default;
        }
    }
}
