using System.Text.Json;
using Kener.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kener.Persistence;

/// <summary>
/// The end of a queue's way: what no try of the consumer took in, what nobody here takes, and what the broker set aside, is kept in the
/// module's own dead letters, and only then taken off the queue.
/// </summary>
internal sealed class FailuresKept<TDb>(IServiceScopeFactory scopes, TimeProvider clock, ILogger<FailuresKept<TDb>> log)
    : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext> where TDb : ModuleDb
{
    private const string SetAside = "It was handed out again and again, and each time the process ended before it was done";
    private const string Unread = "No consumer of this queue takes it";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        await KeepAsync(context, QueueOf(context), context.Exception.Message);
        log.LogError(context.Exception, "{Queue} gave up an event; it is in dead_letters", QueueOf(context));
        if (!context.IsFaulted) await context.NotifyFaulted(context.Exception);
    }

    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) =>
        context.TransportHeaders.Get<string>("x-first-death-queue") is { } from ? KeepAsync(context, from, SetAside) : KeepAsync(context, QueueOf(context), Unread);

    public void Probe(ProbeContext context) => context.CreateFilterScope("dead-letters");

    private async Task KeepAsync(ReceiveContext context, string subject, string error)
    {
        var (type, payload) = Read(context);
        while (true)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<Changes<TDb>>().ProjectAsync(change =>
                {
                    change.Db.DeadLetters.Add(DeadLetter.Of(context.GetMessageId() ?? Guid.CreateVersion7(), type, payload, subject, error, change.NowMs));
                    return Task.CompletedTask;
                }, context.CancellationToken);
                return;
            }
            catch (Exception fault) when (fault.IsOutage() && !context.CancellationToken.IsCancellationRequested)
            {
                await Task.Delay(Pause, clock, context.CancellationToken);
            }
        }
    }

    private static string QueueOf(ReceiveContext context) => context.InputAddress.AbsolutePath.Split('/')[^1];

    /// <summary>The event in the bus' envelope; where there is none, whatever the text is, for a person to look at.</summary>
    private static (string Type, string Payload) Read(ReceiveContext context)
    {
        var text = context.Body.GetString();
        try
        {
            using var envelope = JsonDocument.Parse(text);
            // "urn:message:Kener.Contracts:IncidentChanged"
            var name = envelope.RootElement.GetProperty("messageType")[0].GetString()!.Split(':')[^1];
            if (EventTypes.Find(name) is not null) return (name, envelope.RootElement.GetProperty("message").GetRawText());
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            // Not one of ours.
        }
        return ("unknown", DeadLetter.Storable(text));
    }
}
