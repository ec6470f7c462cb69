using System.Runtime.Serialization;
using Kener.Persistence.Commit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kener.Persistence.Delivery;

/// <summary>
/// The end of each queue's pipeline. Messages that failed every attempt, that have no consumer here, or that the broker dead-lettered are stored
/// in the module's own dead letters, and only then removed from the queue. No content makes this fail: a message that failed here would be
/// delivered again at once.
/// </summary>
internal sealed class DeadLetterFilter<TDb>(IServiceScopeFactory scopes, TimeProvider clock, ILogger<DeadLetterFilter<TDb>> log)
    : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext> where TDb : ModuleDb
{
    private const string SetAside = "It was handed out again and again, and each time the process ended before it was done";
    private const string Unread = "No consumer of this queue takes it";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        // If a message could not be read, the stack trace says nothing about this code.
        await KeepAsync(context, context.Exception.Message, context.Exception is SerializationException ? null : context.Exception);
        if (!context.IsFaulted) await context.NotifyFaulted(context.Exception);
    }

    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) => KeepAsync(context, FailedMessage.FirstQueueOf(context) is null ? Unread : SetAside, null);

    public void Probe(ProbeContext context) => context.CreateFilterScope("dead-letters");

    private async Task KeepAsync(ReceiveContext context, string error, Exception? fault)
    {
        var (message, cancel) = (FailedMessage.Of(context), context.CancellationToken);
        var queue = FailedMessage.QueueOf(context);
        if (await StoreAsync(message, error, cancel) is { } refused && await StoreAsync(message.Cleaned(), FailedMessage.Ascii(error), cancel) is not null)
            log.LogError(refused, "A message in queue {Queue} failed and cannot be stored as a dead letter either: {Error}. It begins: {Payload}", queue, error, message.Cleaned().Payload);
        else
            log.LogError(fault, "A message in queue {Queue} of type {Type} became a dead letter: {Error}", queue, message.Type, error);
    }

    /// <summary>
    /// Stores the message, waiting while the database is unavailable. Returns any other fault, which would be the same at each attempt; null if the
    /// message is stored.
    /// </summary>
    private async Task<Exception?> StoreAsync(FailedMessage message, string error, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<Changes<TDb>>().ProjectAsync(change =>
                {
                    change.Db.DeadLetters.Add(DeadLetter.Of(message.Id, message.Type, message.Payload, message.Queue, error, change.NowMs));
                    return Task.CompletedTask;
                }, cancel);
                return null;
            }
            catch (Exception outage) when (outage.IsOutage() && !cancel.IsCancellationRequested)
            {
                await Task.Delay(Pause, clock, cancel);
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                return fault;
            }
        }
    }
}
