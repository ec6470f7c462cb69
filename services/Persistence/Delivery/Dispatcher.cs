using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json;
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
/// Delivers what is in a module's outbox, at least once, in order of entry as far as nothing fails: publishes, and deletes after. What this
/// process commits for the broker it delivers at once, from memory; for the rest it looks into the table, by signal and once a second. A row
/// that fails ten times moves to the dead letters and the others go on; an outage of the broker or of a consumer's database counts as no
/// failure, and is waited for. A stop lets what is being delivered end; what it did not get to is delivered after the next start.
/// </summary>
internal sealed class Dispatcher<TDb>(
    IServiceScopeFactory scopes, OutboxSignal<TDb> signal, WriteTurn<TDb> turn, WriteHealth<TDb> writes, TimeProvider clock, IOptions<KenerSettings> settings,
    IHostApplicationLifetime lifetime, Outages outages, ILogger<Dispatcher<TDb>> log)
    : BackgroundService where TDb : ModuleDb
{
    private const int Batch = 200, MostTries = 10;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1), BrokerPatience = TimeSpan.FromSeconds(5), ConsumerPatience = TimeSpan.FromSeconds(30), LastDelivery = TimeSpan.FromSeconds(3),
        OutagePause = TimeSpan.FromSeconds(5);

    /// <summary>What became of a batch: the rows that are settled, and the outage that the others wait for.</summary>
    private sealed record Outcome(List<OutboxRow> Settled, Exception? Outage = null);

    /// <summary>The broker did not confirm an event. While it is away, this is reported where it is waited for.</summary>
    private sealed class UnconfirmedException(Exception fault, bool isConnected) : Exception($"The broker did not take all events: {fault.Message}", fault)
    {
        public bool IsConnected => isConnected;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not before all modules of this process have their databases, or their consumers would fail.
        await lifetime.StartedAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        signal.IsDelivering = true;
        // A delivery that is broken off is a failure to all who take part in it, who would say so.
        using var end = new CancellationTokenSource();
        await using var ending = stoppingToken.Register(() => end.CancelAfter(LastDelivery));
        var failures = 0;
        long? looked = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var ours = signal.TakeOver(Batch);
                if (ours.Count > 0) await DeliverAsync(ours, end.Token);
                var found = 0;
                if (ours.Count == 0 || looked is not { } last || clock.GetElapsedTime(last) >= Poll)
                {
                    found = await DispatchAsync(stoppingToken, end.Token);
                    looked = clock.GetTimestamp();
                }
                if (ours.Count < Batch && found < Batch) await signal.WaitAsync(Poll, clock, stoppingToken);
                failures = 0;
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                Report(fault, failures++);
                await Task.Delay(Poll, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        signal.IsDelivering = false;
    }

    /// <summary>Once a minute is enough for a log that may be about an hour's outage.</summary>
    private void Report(Exception fault, int failures)
    {
        var module = typeof(TDb).Name;
        if (fault is UnconfirmedException { IsConnected: var isConnected })
        {
            // The first time it may be going, which is reported elsewhere.
            if (isConnected && failures % 60 == 1) log.LogWarning("{Module} cannot deliver its events and tries on: {Reason}", module, fault.Message);
        }
        else if (!outages.TryReport($"Delivering the events of {module}", fault) && failures % 60 == 0)
        {
            log.LogWarning(fault, "{Module} cannot deliver its events and tries on", module);
        }
    }

    /// <summary>Delivers what nobody else looks for yet. Whatever fails is found in the table later.</summary>
    private async Task DeliverAsync(List<OutboxRow> rows, CancellationToken end)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var outcome = await ThroughBrokerAsync(scope.ServiceProvider.GetRequiredService<IBusControl>(), db, rows, end);
        var done = outcome.Settled.ConvertAll(row => row.Id);
        using (await turn.TakeAsync(db, end))
            await db.Database.CreateExecutionStrategy().ExecuteAsync(token => db.Outbox.Where(row => done.Contains(row.Id)).ExecuteDeleteAsync(token), end);
        foreach (var row in outcome.Settled) signal.Settle(row);
        if (outcome.Outage is { } outage) throw outage;
    }

    /// <summary>Delivers a batch; begins with no row after <paramref name="stop"/>, and goes on with none after <paramref name="end"/>.</summary>
    private async Task<int> DispatchAsync(CancellationToken stop, CancellationToken end)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var (count, outcome) = (0, new Outcome([]));
        try
        {
            (count, outcome) = await db.Database.CreateExecutionStrategy().ExecuteAsync(token => DispatchOnceAsync(scope.ServiceProvider, db, stop, token), end);
        }
        catch (Exception fault)
        {
            // PostgreSQL refuses the locks too where it is read-only, so that shows without any traffic.
            writes.Failed(db, fault);
            throw;
        }
        foreach (var row in outcome.Settled) signal.Settle(row);
        return outcome.Outage is { } outage ? throw outage : count;
    }

    private async Task<(int Count, Outcome Outcome)> DispatchOnceAsync(IServiceProvider services, TDb db, CancellationToken stop, CancellationToken token)
    {
        db.ChangeTracker.Clear();
        // In PostgreSQL the locks keep replicas apart. SQLite has one dispatcher, and a transaction held while publishing would lock
        // out the very consumers that are published to.
        await using var locks = db.IsPostgres ? await db.Database.BeginTransactionAsync(token) : null;
        var rows = await Due(db, clock.GetUtcNow().ToUnixTimeMilliseconds()).ToListAsync(token);
        if (rows.Count == 0) return (0, new Outcome([]));
        var outcome = settings.Value.Delivery == DeliveryKind.Mediator
            ? await ThroughMediatorAsync(services.GetRequiredService<IMediator>(), db, rows, stop, token)
            : await ThroughBrokerAsync(services.GetRequiredService<IBusControl>(), db, rows, token);
        using var writing = await turn.TakeAsync(db, token);
        await using var transaction = locks is null ? await db.Database.BeginTransactionAsync(token) : null;
        var done = outcome.Settled.ConvertAll(row => row.Id);
        await db.SaveChangesAsync(token);
        await db.Outbox.Where(row => done.Contains(row.Id)).ExecuteDeleteAsync(token);
        await db.Database.CurrentTransaction!.CommitAsync(token);
        return (rows.Count, outcome);
    }

    private static IQueryable<OutboxRow> Due(TDb db, long now) => db.IsPostgres
        ? db.Locked<OutboxRow>("WHERE due_ms <= {0} ORDER BY id LIMIT {1} FOR UPDATE SKIP LOCKED", now, Batch)
        : db.Outbox.Where(row => row.DueMs <= now).OrderBy(row => row.Id).Take(Batch);

    private async Task<Outcome> ThroughMediatorAsync(IMediator mediator, TDb db, List<OutboxRow> rows, CancellationToken stop, CancellationToken end)
    {
        var settled = new List<OutboxRow>(rows.Count);
        foreach (var row in rows)
        {
            if (stop.IsCancellationRequested) break;
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(end);
                patience.CancelAfter(ConsumerPatience);
                var (message, type) = EventJson.Read(row.Type, row.Payload);
                using var span = Continue(row);
                await mediator.Publish(message, type, Pipe.Execute<PublishContext>(context => context.MessageId = row.MessageId), patience.Token);
                // Whoever gave up for this said nothing: see BrokenOff.
                patience.Token.ThrowIfCancellationRequested();
                settled.Add(row);
                // At once, not after the batch: its committer may be waiting.
                signal.Settle(row);
            }
            catch (Exception outage) when (outage.IsOutage() && !end.IsCancellationRequested)
            {
                // The others would wait for it one by one. They come first next time.
                row.DueMs = (clock.GetUtcNow() + OutagePause).ToUnixTimeMilliseconds();
                return new Outcome(settled, outage);
            }
            catch (Exception fault) when (!end.IsCancellationRequested)
            {
                if (GivesUp(db, row, fault)) settled.Add(row);
            }
        }
        return new Outcome(settled);
    }

    private async Task<Outcome> ThroughBrokerAsync(IBusControl bus, TDb db, List<OutboxRow> rows, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(BrokerPatience);
        var settled = new List<OutboxRow>(rows.Count);
        var sending = new List<(OutboxRow Row, Task Sent)>(rows.Count);
        foreach (var row in rows)
        {
            try
            {
                var (message, type) = EventJson.Read(row.Type, row.Payload);
                sending.Add((row, SendAsync(bus, row, message, type, patience.Token)));
            }
            catch (Exception unreadable)
            {
                if (GivesUp(db, row, unreadable)) settled.Add(row);
            }
        }
        Exception? outage = null;
        foreach (var (row, sent) in sending)
        {
            try
            {
                await sent;
                settled.Add(row);
            }
            catch (Exception unwritable) when (unwritable is SerializationException or JsonException or NotSupportedException)
            {
                if (GivesUp(db, row, unwritable)) settled.Add(row);
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                outage = new UnconfirmedException(fault, bus.CheckHealth().Status == BusHealthStatus.Healthy);
            }
        }
        return new Outcome(settled, outage);
    }

    /// <summary>In a method of its own, so that the span is current for this event alone.</summary>
    private static async Task SendAsync(IBusControl bus, OutboxRow row, object message, Type type, CancellationToken cancel)
    {
        using var span = Continue(row);
        await bus.Publish(message, type, Pipe.Execute<PublishContext>(context => context.MessageId = row.MessageId), cancel);
    }

    /// <summary>The bus puts the current span into the message, and its consumers continue that.</summary>
    private static Activity? Continue(OutboxRow row) => KenerTraces.Continue("deliver event", row.TraceParent)?.SetTag("kener.event", row.Type);

    /// <summary>Counts the failure; at the tenth the row becomes a dead letter.</summary>
    private bool GivesUp(TDb db, OutboxRow row, Exception fault)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        row.Tries++;
        row.DueMs = now + Math.Min(60_000, 100L << row.Tries);
        if (row.Tries < MostTries) return false;
        db.DeadLetters.Add(DeadLetter.Of(row.MessageId, row.Type, row.Payload, row.Subject, fault.Message, now));
        db.Entry(row).State = EntityState.Detached;
        log.LogError(fault, "Gave up {Type} of {Subject} after {Tries} tries; it is in dead_letters", row.Type, row.Subject, row.Tries);
        return true;
    }
}
