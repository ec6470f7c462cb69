using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client.Exceptions;

namespace Kener.Persistence;

/// <summary>What of a module tells that it has heard of others' facts before.</summary>
internal sealed record Knowledge<TDb>(string Module, Func<TDb, CancellationToken, Task<bool>> HasAny) where TDb : ModuleDb;

/// <summary>
/// Asks the owners for all that they have (architecture rule 5) where this module may have missed something: its database knows nothing of
/// others or was restored from a backup, or one of its queues is new. At each start it asks for versions to compare, since it or an owner may have been restored from an
/// older backup. It asks when its queues are there, so that it hears the answers; embedded, when every module of the process has started.
/// </summary>
internal sealed class AskForReplay<TDb>(
    Knowledge<TDb> knowledge, NotedModules modules, IServiceScopeFactory scopes, IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider clock, Outages outages,
    ILogger<AskForReplay<TDb>> log) : BackgroundService where TDb : ModuleDb
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.StartedAsync(stoppingToken);
            if (services.GetService<OwnQueues>() is { } queues) await WatchAsync(queues, stoppingToken);
            else await UntilDoneAsync(() => AskAsync(isNew: false, stoppingToken), stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private async Task WatchAsync(OwnQueues queues, CancellationToken cancel)
    {
        var own = modules.Consumers.Where(consumer => modules.DatabaseOf(consumer) == typeof(TDb)).Select(RabbitDelivery.QueueOf).ToList();
        int? looked = null;
        while (true)
        {
            var change = queues.Change;
            // Each time that they are there again, and not when another queue is: the broker may have lost its data meanwhile.
            if (queues.LastArrival(own) is { } arrival && arrival != looked)
            {
                await UntilDoneAsync(() => LookAsync(queues, own, cancel), cancel);
                looked = arrival;
            }
            await change.WaitAsync(cancel);
        }
    }

    private async Task LookAsync(OwnQueues queues, List<string> own, CancellationToken cancel)
    {
        var missed = await queues.NewAsync(own, cancel);
        await AskAsync(missed.Count > 0, cancel);
        // Asked for, and committed: what was missed is on its way.
        if (missed.Count > 0) await queues.MarkAsync(missed, cancel);
    }

    private async Task AskAsync(bool isNew, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Changes<TDb>>().ProjectAsync(async change =>
        {
            if (services.GetService<Reconciliation<TDb>>() is { } reconciliation) change.Publish(knowledge.Module, () => reconciliation.Request);
            var place = await change.Db.Places.SingleOrDefaultAsync(cancel);
            if (isNew || place is { WasRestored: true } || !await knowledge.HasAny(change.Db, cancel))
                change.Publish(knowledge.Module, () => new ReplayRequested { By = knowledge.Module, Needs = modules.EventsOf(typeof(TDb)) });
            if (place is { WasRestored: true }) place.WasRestored = false;
        }, cancel);
    }

    private async Task UntilDoneAsync(Func<Task> work, CancellationToken cancel)
    {
        for (var failures = 0; ;)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                // That the broker is away is logged where the bus connects.
                if (fault is not (RabbitMQClientException or BrokerUnreachableException) && !outages.TryReport($"Asking for a replay to {knowledge.Module}", fault) && failures++ % 60 == 0)
                    log.LogWarning("{Module} can not ask for a replay yet: {Reason}", knowledge.Module, fault.Message);
                await Task.Delay(Pause, clock, cancel);
            }
        }
    }
}
