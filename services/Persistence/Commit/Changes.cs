using System.Data;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;

namespace Kener.Persistence;

/// <summary>
/// The choke point: the only way to write. State, events and audit commit together or not at all (Behavior: ARC-3). Scoped, as the
/// database is.
/// </summary>
public sealed class Changes<TDb>(TDb db, OutboxSignal<TDb> signal, WriteTurn<TDb> turn, WriteHealth<TDb> writes, TimeProvider clock, IOptions<KenerSettings> settings)
    where TDb : ModuleDb
{
    private static readonly TimeSpan DeliveryWait = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and commits. Work that throws (a <see cref="Refusal"/>, say) changes nothing. It may
    /// run again after a lost connection, so it must have no effect but on <see cref="Change{TDb}.Db"/>, and must
    /// <see cref="Change{TDb}.Note"/> at least once. Embedded, it answers when the events were delivered, waiting at most 250 ms.
    /// </summary>
    public Task<T> CommitAsync<T>(string actor, Func<Change<TDb>, Task<T>> work, CancellationToken cancel) =>
        RunAsync(actor, work, Guid.CreateVersion7(), cancel);

    /// <summary>As above, for work with no result.</summary>
    public Task CommitAsync(string actor, Func<Change<TDb>, Task> work, CancellationToken cancel) =>
        CommitAsync(actor, WithoutResult(work), cancel);

    /// <summary>
    /// Takes in facts of other services, and what checks observed: nobody's decision. A transaction without audit, safe to repeat. Events
    /// that <paramref name="work"/> publishes are sent, but not waited for.
    /// </summary>
    public Task ProjectAsync(Func<Change<TDb>, Task> work, CancellationToken cancel) =>
        RunAsync("system", WithoutResult(work), null, cancel);

    /// <summary>
    /// A projection that is a single statement, which is its own transaction: one journey to the server instead of three. Says how many rows it changed.
    /// </summary>
    public async Task<int> ProjectAsync(FormattableString statement, CancellationToken cancel)
    {
        using var mine = await turn.TakeAsync(db, cancel);
        var changed = await WritingAsync(() => db.Database.CreateExecutionStrategy().ExecuteAsync(token => db.Database.ExecuteSqlAsync(statement, token), cancel));
        if (changed > 0) writes.Succeeded();
        return changed;
    }

    /// <summary>Writes what every change writes beside its own rows, and takes it back.</summary>
    internal async Task RehearseAsync(CancellationToken cancel)
    {
        using var mine = await turn.TakeAsync(db, cancel);
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async token =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(token);
            var change = new Change<TDb>(db, "system", clock.GetUtcNow().ToUnixTimeMilliseconds());
            change.Note("rehearsed", "nothing", () => 0);
            change.Publish("nothing", () => new ReplayRequested { By = "nobody" });
            await change.WriteAsync(Guid.CreateVersion7(), token);
            await transaction.RollbackAsync(token);
        }, cancel);
        db.ChangeTracker.Clear();
    }

    private static Func<Change<TDb>, Task<bool>> WithoutResult(Func<Change<TDb>, Task> work) => async change =>
    {
        await work(change);
        return true;
    };

    /// <summary>With a change id it is a commit; without one a projection.</summary>
    private async Task<T> RunAsync<T>(string actor, Func<Change<TDb>, Task<T>> work, Guid? changeId, CancellationToken cancel)
    {
        // Before the application has started nobody delivers yet.
        var waits = changeId is not null && settings.Value.IsEmbedded && signal.IsDelivering;
        var (result, isCommitting, written) = (default(T)!, false, 0);
        IReadOnlyList<OutboxRow> rows = [];
        var isOurs = settings.Value.Delivery == DeliveryKind.RabbitMQ && signal.IsDelivering;
        try
        {
            using (await turn.TakeAsync(db, cancel))
            {
                await WritingAsync(() => db.Database.CreateExecutionStrategy().ExecuteAsync(this, RunOnceAsync, WasCommittedAsync, cancel));
                db.ChangeTracker.Clear();
            }
            if (written > 0) writes.Succeeded();
            if (rows.Count == 0) return result;
            if (isOurs) signal.HandOver(rows);
            signal.Wake();
            // Not cancelled by a client that has gone: the change is committed, and whoever still listens is told so.
            if (waits) await Task.WhenAny(signal.Delivered(rows), Task.Delay(DeliveryWait, clock, CancellationToken.None));
            return result;
        }
        finally
        {
            signal.Forget(rows);
        }

        async Task<bool> RunOnceAsync(Changes<TDb> _, CancellationToken token)
        {
            db.ChangeTracker.Clear();
            signal.Forget(rows);
            isCommitting = false;
            await InTransactionAsync(async () =>
            {
                var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
                var change = new Change<TDb>(db, actor, nowMs) { DueMs = isOurs ? nowMs + OutboxSignal<TDb>.OursForMs : 0 };
                result = await work(change);
                rows = await change.WriteAsync(changeId, token);
                written = change.Written;
                // Before the commit: nobody can deliver yet, so no delivery is missed.
                if (waits) signal.Expect(rows);
                isCommitting = true;
            }, token);
            return true;
        }

        // After a connection that broke in the commit. Projections may simply run again.
        async Task<ExecutionResult<bool>> WasCommittedAsync(Changes<TDb> _, CancellationToken token) =>
            new(isCommitting && changeId is { } id && await db.Audit.AsNoTracking().AnyAsync(row => row.ChangeId == id, token), true);
    }

    /// <summary>Notes a failure for the health check.</summary>
    private async Task<T> WritingAsync<T>(Func<Task<T>> write)
    {
        try
        {
            return await write();
        }
        catch (Exception fault)
        {
            writes.Failed(db, fault);
            throw;
        }
    }

    /// <summary>A connection that breaks meanwhile is a lost connection, whoever notices it first.</summary>
    private async Task InTransactionAsync(Func<Task> work, CancellationToken cancel)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        db.IsChanging = true;
        try
        {
            await work();
            await transaction.CommitAsync(cancel);
        }
        catch (InvalidOperationException fault) when (db.IsPostgres && db.Database.GetDbConnection().State != ConnectionState.Open)
        {
            throw OneConnection.Lost(fault);
        }
        finally
        {
            db.IsChanging = false;
        }
    }
}
