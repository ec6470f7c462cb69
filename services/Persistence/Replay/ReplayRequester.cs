using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;

namespace Kener.Persistence.Replay;

/// <summary>
/// Requests a replay from the owners (Behavior: ARC-9) if this module may have missed something: it consumes an event type that is not in its
/// table consumed_events, its database was restored from a backup, or one of its queues is new. At each start it also requests versions to
/// compare, since it or an owner may have been restored from an older backup. Distributed, it waits until its queues exist, so that the answers
/// arrive; embedded, until every module of the process has started.
/// </summary>
internal sealed class ReplayRequester<TDb>(
    string module, ModuleRegistry modules, IServiceScopeFactory scopes, IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider clock, Outages outages,
    ILogger<ReplayRequester<TDb>> log) : BackgroundService where TDb : ModuleDb
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken);
            if (services.GetService<DeclaredQueues>() is { } queues) await WatchAsync(queues, stoppingToken);
            else await UntilDoneAsync(() => AskAsync(isNew: false, stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The process is stopping.
        }
    }

    private async Task WatchAsync(DeclaredQueues queues, CancellationToken cancel)
    {
        var own = modules.ConsumersOf(typeof(TDb)).Select(consumer => consumer.Queue).ToList();
        int? looked = null;
        while (true)
        {
            var change = queues.Change;
            // Each time that this module's queues are available again, not when another queue is: the broker may have lost its data meanwhile.
            if (queues.LastArrival(own) is { } arrival && arrival != looked)
            {
                await UntilDoneAsync(() => LookAsync(queues, own, cancel), cancel);
                looked = arrival;
            }
            await change.WaitAsync(cancel);
        }
    }

    private async Task LookAsync(DeclaredQueues queues, List<string> own, CancellationToken cancel)
    {
        var missed = await queues.NewAsync(own, cancel);
        await AskAsync(missed.Count > 0, cancel);
        // The request is committed, so what was missed will arrive.
        if (missed.Count > 0) await queues.MarkAsync(missed, cancel);
    }

    private async Task AskAsync(bool isNew, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Changes<TDb>>().ProjectAsync(async change =>
        {
            if (services.GetService<Reconciliation<TDb>>() is { } reconciliation) change.Publish(module, () => reconciliation.Request);
            var consumed = modules.ConsumersOf(typeof(TDb)).SelectMany(consumer => consumer.Events).Distinct().ToList();
            var added = await AddConsumedAsync(change.Db, consumed, cancel);
            var place = await change.Db.Places.SingleOrDefaultAsync(cancel);
            var needs = isNew || place is { WasRestored: true } ? consumed : added;
            if (needs.Count > 0) change.Publish(module, () => new ReplayRequested { By = module, Needs = needs });
            if (place is { WasRestored: true }) place.WasRestored = false;
        }, cancel);
    }

    /// <summary>
    /// Makes the table equal to what this build consumes, so that a type which it stops consuming is requested again if it returns. Returns the
    /// types that were not in it.
    /// </summary>
    private static async Task<List<string>> AddConsumedAsync(TDb db, List<string> consumed, CancellationToken cancel)
    {
        var known = await db.ConsumedEvents.Select(row => row.Type).ToListAsync(cancel);
        var added = consumed.Except(known).ToList();
        // Another replica may add it at the same time: both request a replay, and what arrives twice is applied once.
        foreach (var type in added) await db.Database.ExecuteSqlAsync($"INSERT INTO consumed_events (type) VALUES ({type}) ON CONFLICT DO NOTHING", cancel);
        if (known.Except(consumed).Any()) await db.ConsumedEvents.Where(row => !consumed.Contains(row.Type)).ExecuteDeleteAsync(cancel);
        return added;
    }

    private Task UntilDoneAsync(Func<Task> work, CancellationToken cancel)
    {
        var unexpected = 0;
        return Retries.UntilDoneAsync(work, (fault, _) =>
        {
            // BrokerWait logs that the broker is unreachable.
            if (fault is not (RabbitMQClientException or BrokerUnreachableException) && !outages.TryReport($"Requesting a replay for {module}", fault) && unexpected++ % 60 == 0)
                log.LogWarning("{Module} cannot request a replay yet and keeps trying: {Reason}", module, fault.Message);
            return Pause;
        }, clock, cancel);
    }
}
