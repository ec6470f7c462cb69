using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Persistence;

/// <summary>
/// The choke point: the only way to write. State, events and audit commit together or not at all (architecture rule 3). Scoped, as the
/// database is.
/// </summary>
public sealed class Changes<TDb>(TDb db, OutboxSignal<TDb> signal, TimeProvider clock, IOptions<KenerSettings> settings) where TDb : ModuleDb
{
    private static readonly TimeSpan DeliveryWait = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Runs <paramref name="work"/> in a transaction and commits. Work that throws (a <see cref="Refusal"/>, say) changes nothing. It may
    /// run again after a lost connection, so it must have no effect but on <see cref="Change{TDb}.Db"/>, and must
    /// <see cref="Change{TDb}.Note"/> at least once. Embedded, it answers when the events were delivered, waiting at most 250 ms.
    /// </summary>
    public async Task<T> CommitAsync<T>(string actor, Func<Change<TDb>, Task<T>> work, CancellationToken cancel)
    {
        var changeId = Guid.CreateVersion7();
        var (result, rows) = await RunAsync(actor, work, changeId, cancel);
        if (rows.Count == 0) return result;
        if (!settings.Value.IsEmbedded)
        {
            signal.Wake();
            return result;
        }
        // Not cancelled by a client that has gone: the change is committed, and whoever still listens is told so.
        await Task.WhenAny(signal.Raise(rows), Task.Delay(DeliveryWait, clock, CancellationToken.None));
        return result;
    }

    /// <summary>As above, for work with no result.</summary>
    public Task CommitAsync(string actor, Func<Change<TDb>, Task> work, CancellationToken cancel) => CommitAsync(actor, async change =>
    {
        await work(change);
        return true;
    }, cancel);

    /// <summary>
    /// Takes in facts of other services: a transaction without audit, safe to repeat. Events that <paramref name="work"/> publishes are
    /// sent, but not waited for.
    /// </summary>
    public async Task ProjectAsync(Func<Change<TDb>, Task> work, CancellationToken cancel)
    {
        var (_, rows) = await RunAsync("system", async change =>
        {
            await work(change);
            return true;
        }, null, cancel);
        if (rows.Count > 0) signal.Wake();
    }

    private async Task<(T Result, IReadOnlyList<OutboxRow> Rows)> RunAsync<T>(
        string actor, Func<Change<TDb>, Task<T>> work, Guid? changeId, CancellationToken cancel)
    {
        T result = default!;
        IReadOnlyList<OutboxRow> rows = [];
        await db.Database.CreateExecutionStrategy().ExecuteInTransactionAsync(
            async token =>
            {
                db.ChangeTracker.Clear();
                var change = new Change<TDb>(db, actor, clock.GetUtcNow().ToUnixTimeMilliseconds());
                result = await work(change);
                rows = await change.WriteAsync(changeId ?? Guid.Empty, token);
            },
            // After a connection that broke in the commit: was it committed? Projections may simply run again.
            token => changeId is { } id ? db.Audit.AsNoTracking().AnyAsync(row => row.ChangeId == id, token) : Task.FromResult(false),
            cancel);
        db.ChangeTracker.Clear();
        return (result, rows);
    }
}
