using System.Data;
using Kener.Contracts;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Options;

namespace Kener.Persistence.Commit;

/// <summary>
/// The only way to write: state, events and audit commit together or not at all (Behavior: ARC-3). Scoped, as the context is.
/// </summary>
public sealed class Changes<TDb>(TDb db, OutboxSignal<TDb> signal, SqliteWriteLock<TDb> turn, WriteHealth<TDb> writes, TimeProvider clock, IOptions<KenerSettings> settings)
    where TDb : ModuleDb
{
    private static readonly TimeSpan DeliveryWait = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and commits it. If it throws (a <see cref="Refusal"/>, for example), nothing changes. It may run
    /// again after a lost connection, so it must have no effects outside <see cref="Change{TDb}.Db"/>. If it writes anything, it must call
    /// <see cref="Change{TDb}.Audit"/>. Embedded, this returns when the events are delivered, after 250 ms at most.
    /// </summary>
    public Task<T> CommitAsync<T>(string actor, Func<Change<TDb>, Task<T>> work, CancellationToken cancel) =>
        RunAsync(actor, work, Guid.CreateVersion7(), cancel);

    /// <summary>As above, for work without a result.</summary>
    public Task CommitAsync(string actor, Func<Change<TDb>, Task> work, CancellationToken cancel) =>
        CommitAsync(actor, WithoutResult(work), cancel);

    /// <summary>
    /// Applies events of other services and results of checks, which are no actor's decision: a transaction without audit, which is safe to
    /// repeat. Events that <paramref name="work"/> publishes are sent, but not waited for.
    /// </summary>
    public Task ProjectAsync(Func<Change<TDb>, Task> work, CancellationToken cancel) =>
        RunAsync("system", WithoutResult(work), null, cancel);

    /// <summary>
    /// Runs a projection that is a single statement and so its own transaction: one round trip instead of three. Returns the number of changed rows.
    /// </summary>
    public async Task<int> ProjectAsync(FormattableString statement, CancellationToken cancel)
    {
        using var mine = await turn.TakeAsync(db, cancel);
        var changed = await WritingAsync(() => db.Database.CreateExecutionStrategy().ExecuteAsync(token => db.Database.ExecuteSqlAsync(statement, token), cancel));
        if (changed > 0) writes.Succeeded();
        return changed;
    }

    /// <summary>As <see cref="ModuleDb.TakeNewerAsync{T}"/>, in a projection of its own.</summary>
    public async Task<bool> TakeNewerAsync<T>(T row, CancellationToken cancel) where T : class => await ProjectAsync(Newer.Statement(db, row), cancel) > 0;

    /// <summary>Writes what every change writes in addition to its own rows, and rolls it back.</summary>
    internal async Task RehearseAsync(CancellationToken cancel)
    {
        using var mine = await turn.TakeAsync(db, cancel);
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async token =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(token);
            var change = new Change<TDb>(db, "system", clock.GetUtcNow().ToUnixTimeMilliseconds());
            change.Audit("rehearsed", "nothing", () => 0);
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

    /// <summary>Runs a commit if there is a change id, else a projection.</summary>
    private async Task<T> RunAsync<T>(string actor, Func<Change<TDb>, Task<T>> work, Guid? changeId, CancellationToken cancel)
    {
        // The dispatcher delivers nothing before the application has started.
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
            // Not cancelled when the client disconnects: the change is committed, and a client that is still connected gets its response.
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
                // Before the commit: no process can deliver yet, so no delivery is missed.
                if (waits) signal.Expect(rows);
                isCommitting = true;
            }, token);
            return true;
        }

        // Called after the connection broke during the commit. Projections are safe to repeat.
        async Task<ExecutionResult<bool>> WasCommittedAsync(Changes<TDb> _, CancellationToken token) =>
            new(isCommitting && changeId is { } id && await db.Audit.AsNoTracking().AnyAsync(row => row.ChangeId == id, token), true);
    }

    /// <summary>Reports a failure to the health check.</summary>
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

    /// <summary>Runs work in a transaction. If it fails because the connection is no longer open, that counts as a lost connection.</summary>
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
