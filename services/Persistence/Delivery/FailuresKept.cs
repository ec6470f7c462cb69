using System.Runtime.Serialization;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kener.Persistence;

/// <summary>
/// The end of a queue's way: a message that no try of the consumer took in, one without a consumer here, and one that the broker set aside is
/// kept in the module's own dead letters, and only then taken off the queue. This fails for no content: a message that failed here would be
/// delivered again at once.
/// </summary>
internal sealed class FailuresKept<TDb>(IServiceScopeFactory scopes, TimeProvider clock, ILogger<FailuresKept<TDb>> log)
    : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext> where TDb : ModuleDb
{
    private const string SetAside = "It was handed out again and again, and each time the process ended before it was done";
    private const string Unread = "No consumer of this queue takes it";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        // Where a message could not be read, the stack trace says nothing about this code.
        await KeepAsync(context, context.Exception.Message, context.Exception is SerializationException ? null : context.Exception);
        if (!context.IsFaulted) await context.NotifyFaulted(context.Exception);
    }

    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) => KeepAsync(context, GivenUp.FirstQueueOf(context) is null ? Unread : SetAside, null);

    public void Probe(ProbeContext context) => context.CreateFilterScope("dead-letters");

    private async Task KeepAsync(ReceiveContext context, string error, Exception? fault)
    {
        var (message, cancel) = (GivenUp.Of(context), context.CancellationToken);
        var queue = GivenUp.QueueOf(context);
        if (await StoreAsync(message, error, cancel) is { } refused && await StoreAsync(message.Cleaned(), GivenUp.Ascii(error), cancel) is not null)
            log.LogError(refused, "{Queue} gave up a message which cannot be kept either: {Error}. It began: {Payload}", queue, error, message.Cleaned().Payload);
        else
            log.LogError(fault, "{Queue} gave up a message of type {Type}; it is in dead_letters: {Error}", queue, message.Type, error);
    }

    /// <summary>Waits while the database is unavailable. Returns the fault where it is another, which is the same at each try.</summary>
    private async Task<Exception?> StoreAsync(GivenUp message, string error, CancellationToken cancel)
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
