using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults;
using MassTransit;
using MassTransit.Mediator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kener.Persistence;

/// <summary>
/// Delivers what is in a module's outbox, at least once, in order of entry as far as nothing fails: wakes by signal and once a second,
/// publishes, and deletes after. A row that fails ten times moves to the dead letters and the others go on; a broker that is away is
/// nobody's failure, and is waited for.
/// </summary>
internal sealed class Dispatcher<TDb>(
    IServiceScopeFactory scopes, OutboxSignal<TDb> signal, TimeProvider clock, IOptions<KenerSettings> settings, ILogger<Dispatcher<TDb>> log)
    : BackgroundService where TDb : ModuleDb
{
    private const int Batch = 200, MostTries = 10;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1), PublishTimeout = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await DispatchAsync(stoppingToken) < Batch) await signal.WaitAsync(Poll, clock, stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(fault, "{Module} could not deliver its events; trying again", typeof(TDb).Name);
                await Task.Delay(Poll, clock, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<int> DispatchAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        return await db.Database.CreateExecutionStrategy().ExecuteAsync(async token =>
        {
            db.ChangeTracker.Clear();
            // In PostgreSQL the locks keep replicas apart. SQLite has one dispatcher, and a transaction held while publishing would lock
            // out the very consumers that are published to.
            await using var transaction = db.IsPostgres ? await db.Database.BeginTransactionAsync(token) : null;
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var rows = await Due(db, now).ToListAsync(token);
            if (rows.Count == 0) return 0;
            var done = settings.Value.Delivery == DeliveryKind.Mediator
                ? await ThroughMediatorAsync(scope.ServiceProvider.GetRequiredService<IMediator>(), db, rows, token)
                : await ThroughBrokerAsync(scope.ServiceProvider.GetRequiredService<IBus>(), rows, token);
            // Dead letters and tries before the deletion: a crash between the two repeats an event, and loses none.
            await db.SaveChangesAsync(token);
            await db.Outbox.Where(row => done.Contains(row.Id)).ExecuteDeleteAsync(token);
            if (transaction is not null) await transaction.CommitAsync(token);
            return rows.Count;
        }, cancel);
    }

    private static IQueryable<OutboxRow> Due(TDb db, long now) => db.IsPostgres
        ? db.Outbox.FromSql($"SELECT * FROM outbox WHERE due_ms <= {now} ORDER BY id LIMIT {Batch} FOR UPDATE SKIP LOCKED")
        : db.Outbox.Where(row => row.DueMs <= now).OrderBy(row => row.Id).Take(Batch);

    private async Task<List<long>> ThroughMediatorAsync(IMediator mediator, TDb db, List<OutboxRow> rows, CancellationToken cancel)
    {
        var done = new List<long>(rows.Count);
        foreach (var row in rows)
        {
            try
            {
                var (message, type) = Read(row);
                await mediator.Publish(message, type, cancel);
                done.Add(row.Id);
                signal.Settle(row.Id);
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                log.LogWarning(fault, "Try {Try} to deliver {Type} of {Subject} failed", row.Tries + 1, row.Type, row.Subject);
                if (GiveUp(db, row, fault)) done.Add(row.Id);
            }
        }
        return done;
    }

    private static async Task<List<long>> ThroughBrokerAsync(IBus bus, List<OutboxRow> rows, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(PublishTimeout);
        await Task.WhenAll(rows.Select(row =>
        {
            var (message, type) = Read(row);
            return bus.Publish(message, type, Pipe.Execute<PublishContext>(context => context.MessageId = row.MessageId), patience.Token);
        }));
        return [.. rows.Select(row => row.Id)];
    }

    private static (object Message, Type Type) Read(OutboxRow row)
    {
        var type = EventTypes.Find(row.Type) ?? throw new InvalidOperationException($"No event is called {row.Type}");
        return (JsonSerializer.Deserialize(row.Payload, type, EventJson.Options)!, type);
    }

    private bool GiveUp(TDb db, OutboxRow row, Exception fault)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        row.Tries++;
        row.DueMs = now + Math.Min(60_000, 100L << row.Tries);
        if (row.Tries < MostTries) return false;
        db.DeadLetters.Add(new DeadLetter
        {
            MessageId = row.MessageId,
            Type = row.Type,
            Payload = row.Payload,
            Subject = row.Subject,
            Error = fault.Message,
            DeadMs = now,
        });
        db.Entry(row).State = EntityState.Detached;
        signal.Settle(row.Id);
        log.LogError(fault, "Gave up {Type} of {Subject}; it is in dead_letters", row.Type, row.Subject);
        return true;
    }
}
