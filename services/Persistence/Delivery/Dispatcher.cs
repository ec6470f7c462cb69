using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text.Json;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Telemetry;
using MassTransit;
using MassTransit.Mediator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kener.Persistence.Delivery;

/// <summary>
/// Delivers the events of a module's outbox, at least once and, as long as none fails, in order of insertion: publishes, then deletes. Events that
/// this process commits for the broker are delivered at once, from memory; the others from the table, which is queried after a signal and once a
/// second. An event that fails ten times becomes a dead letter, and the others are still delivered. An outage of the broker or of a consumer's
/// database counts as no failure, and is waited for. A stop completes the deliveries in progress; the rest is delivered after the next start.
/// </summary>
internal sealed class Dispatcher<TDb>(
    IServiceScopeFactory scopes, OutboxSignal<TDb> signal, SqliteWriteLock<TDb> turn, WriteHealth<TDb> writes, TimeProvider clock, IOptions<KenerSettings> settings,
    IHostApplicationLifetime lifetime, Outages outages, ILogger<Dispatcher<TDb>> log)
    : BackgroundService where TDb : ModuleDb
{
    private const int Batch = 200, MostTries = 10;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1), BrokerPatience = TimeSpan.FromSeconds(5), ConsumerPatience = TimeSpan.FromSeconds(30), LastDelivery = TimeSpan.FromSeconds(3),
        OutagePause = TimeSpan.FromSeconds(5), FirstPause = TimeSpan.FromMilliseconds(200), LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>The result of a batch: the rows that are settled, and the outage that the others wait for.</summary>
    private sealed record Outcome(List<OutboxRow> Settled, Exception? Outage = null);

    /// <summary>The broker did not confirm an event. While it is unreachable, BrokerWait reports that.</summary>
    private sealed class UnconfirmedException(Exception fault, bool isConnected) : Exception($"The broker did not confirm all events: {fault.Message}", fault)
    {
        public bool IsConnected => isConnected;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not before all modules of this process have their databases, or their consumers would fail.
        await lifetime.StartedAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        signal.IsDelivering = true;
        // Deliveries get some time to end: each component that takes part in a cancelled delivery would log a failure.
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

    /// <summary>Logs once a minute, which is enough for an outage of an hour.</summary>
    private void Report(Exception fault, int failures)
    {
        var module = typeof(TDb).Name;
        if (fault is UnconfirmedException { IsConnected: var isConnected })
        {
            // At the first failure the connection may just be breaking, which BrokerWait reports.
            if (isConnected && failures % 60 == 1) log.LogWarning("{Module} cannot deliver its events and keeps trying: {Reason}", module, fault.Message);
        }
        else if (!outages.TryReport($"Delivering the events of {module}", fault) && failures % 60 == 0)
        {
            log.LogWarning(fault, "{Module} cannot deliver its events and keeps trying", module);
        }
    }

    /// <summary>Delivers events that no other process delivers yet. Those that fail are found in the table later.</summary>
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

    /// <summary>Delivers a batch; starts no row after <paramref name="stop"/>, and continues none after <paramref name="end"/>.</summary>
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
            // A read-only PostgreSQL rejects these locks too, so it is noticed without any traffic.
            writes.Failed(db, fault);
            throw;
        }
        foreach (var row in outcome.Settled) signal.Settle(row);
        return outcome.Outage is { } outage ? throw outage : count;
    }

    private async Task<(int Count, Outcome Outcome)> DispatchOnceAsync(IServiceProvider services, TDb db, CancellationToken stop, CancellationToken token)
    {
        db.ChangeTracker.Clear();
        // In PostgreSQL the locks keep replicas apart. SQLite has one dispatcher, and a transaction that is held while publishing would lock
        // out the very consumers of the events.
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
                // A consumer that was cancelled throws nothing: see SuppressCancelled.
                patience.Token.ThrowIfCancellationRequested();
                settled.Add(row);
                // At once, not after the batch: the request that committed it may be waiting.
                signal.Settle(row);
            }
            catch (Exception outage) when (outage.IsOutage() && !end.IsCancellationRequested)
            {
                // The other rows would each wait for the same outage. They come first next time.
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

    /// <summary>Publishes one event. A method of its own, so that the span is current for this event only.</summary>
    private static async Task SendAsync(IBusControl bus, OutboxRow row, object message, Type type, CancellationToken cancel)
    {
        using var span = Continue(row);
        await bus.Publish(message, type, Pipe.Execute<PublishContext>(context => context.MessageId = row.MessageId), cancel);
    }

    /// <summary>Continues the trace of the commit: the bus puts the current span into the message, and the consumers continue it.</summary>
    private static Activity? Continue(OutboxRow row) => KenerTraces.Continue("deliver event", row.TraceParent)?.SetTag("kener.event", row.Type);

    /// <summary>Counts the failure; at the tenth the row becomes a dead letter, and this returns true.</summary>
    private bool GivesUp(TDb db, OutboxRow row, Exception fault)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        row.Tries++;
        row.DueMs = now + (long)Retries.PauseAfter(row.Tries, FirstPause, LongestPause).TotalMilliseconds;
        if (row.Tries < MostTries) return false;
        db.DeadLetters.Add(DeadLetter.Of(row.MessageId, row.Type, row.Payload, row.Subject, fault.Message, now));
        db.Entry(row).State = EntityState.Detached;
        log.LogError(fault, "{Type} of {Subject} became a dead letter after {Tries} failed attempts", row.Type, row.Subject, row.Tries);
        return true;
    }
}
