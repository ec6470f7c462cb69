using System.Collections.Concurrent;
using Kener.Contracts;
using Kener.Monitors.Agents;
using Kener.Monitors.Database;
using Kener.Persistence.Commit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Transitions;

/// <summary>
/// Records each change of a monitor's observed status in the transaction that stores the results that cause it, and lets a consumer claim each once
/// (Behavior: TRN-1 to TRN-5). Caches the present status of every monitor, so that results that change no status need no query of their own.
/// </summary>
internal sealed class TransitionLog
{
    private const string Shared = "SELECT pg_advisory_xact_lock_shared(hashtext('kener transitions'))";
    private const string Exclusive = "SELECT pg_advisory_xact_lock(hashtext('kener transitions'))";
    private const string Savepoint = "before_transitions";
    private const string NewestId = "SELECT COALESCE(MAX(id), 0) FROM status_transitions";

    private readonly ConcurrentDictionary<long, (long Id, MonitorStatus Status)> _current = new();
    private long _newestId;

    /// <summary>
    /// Records the transitions that these results cause. The results were stored in the current change and are sorted by monitor and minute.
    /// Call once for each change, after everything else that waits for locks.
    /// </summary>
    /// <remarks>
    /// Concurrent transactions do not see each other's results. Therefore a transaction that changes no status holds a shared lock from reading the
    /// present statuses until its commit, and one that changes a status holds it exclusively: it sees all results that were stored before it,
    /// and later transactions see its transitions.
    /// </remarks>
    public async Task RecordAsync(Change<MonitorsDb> change, IEnumerable<NewestStored> stored, CancellationToken cancel)
    {
        var until = change.Now + ReportResults.MostAhead;
        var newest = NewestStored.Of(stored, until);
        if (newest.Count == 0) return;
        if (!newest.Exists(Differs))
        {
            await CatchUpAsync(change.Db, $"SAVEPOINT {Savepoint}; {Shared}", cancel);
            if (!newest.Exists(Differs)) return;
            // Another process changed a status meanwhile. Rolling back to the savepoint releases the shared lock: two transactions that hold it
            // and request it exclusively would deadlock.
            if (change.Db.IsPostgres) await change.Db.Database.ExecuteSqlRawAsync($"ROLLBACK TO SAVEPOINT {Savepoint}", cancel);
        }
        await CatchUpAsync(change.Db, Exclusive, cancel);
        var different = newest.FindAll(Differs);
        if (different.Count == 0) return;
        var minutes = await NewestMinutesAsync(change.Db, different, until, cancel);
        foreach (var one in different)
        {
            if (StatusTransition.Of(Current(one.MonitorId), one, minutes[one.MonitorId], change.NowMs) is { } transition)
                change.Db.Transitions.Add(transition);
        }
    }

    /// <summary>
    /// Claims up to that many transitions, oldest first, in the current change: the claim commits or rolls back with the consumer's own writes.
    /// A second consumer waits until then and gets what the first leaves, so the transitions of a monitor are claimed in order
    /// (Behavior: TRN-4).
    /// </summary>
    public static async Task<IReadOnlyList<StatusTransition>> ClaimAsync(Change<MonitorsDb> change, int atMost, CancellationToken cancel)
    {
        var transitions = change.Db.Set<StatusTransition>();
        // Materialized: a plain subquery might run once for each row and lock more rows each time.
        var claimed = await (change.Db.IsPostgres ? transitions.FromSql($"""
            WITH oldest AS MATERIALIZED (SELECT id FROM status_transitions WHERE claimed_ms IS NULL ORDER BY id LIMIT {atMost} FOR UPDATE)
            UPDATE status_transitions AS claimed SET claimed_ms = {change.NowMs} FROM oldest WHERE claimed.id = oldest.id AND claimed.claimed_ms IS NULL
            RETURNING claimed.id, claimed.monitor_id, claimed.from_status, claimed.to_status, claimed.minute, claimed.recorded_ms, claimed.claimed_ms
            """) : transitions.FromSql($"""
            UPDATE status_transitions SET claimed_ms = {change.NowMs}
            WHERE claimed_ms IS NULL AND id IN (SELECT id FROM status_transitions WHERE claimed_ms IS NULL ORDER BY id LIMIT {atMost})
            RETURNING id, monitor_id, from_status, to_status, minute, recorded_ms, claimed_ms
            """)).AsNoTracking().ToListAsync(cancel);
        return [.. claimed.OrderBy(row => row.Id)];
    }

    /// <summary>Deletes a monitor's transitions before that minute, except the newest, which the next one continues (Behavior: TRN-5).</summary>
    public static Task<int> DeleteOldAsync(MonitorsDb db, long monitor, long before, CancellationToken cancel) => db.Transitions
        .Where(row => row.MonitorId == monitor && row.Minute < before && db.Transitions.Any(newer => newer.MonitorId == monitor && newer.Id > row.Id))
        .ExecuteDeleteAsync(cancel);

    private MonitorStatus Current(long monitor) => _current.TryGetValue(monitor, out var known) ? known.Status : MonitorStatus.NoData;

    private bool Differs(NewestStored stored) => Current(stored.MonitorId) != stored.Status;

    /// <summary>Takes the lock and reads the transitions that were committed since the last call.</summary>
    private async Task CatchUpAsync(MonitorsDb db, string lockStatement, CancellationToken cancel)
    {
        var newest = await AdvisoryLock.ThenReadAsync(db, lockStatement, NewestId, cancel);
        var known = Volatile.Read(ref _newestId);
        if (newest <= known) return;
        var last = db.Transitions.Where(row => row.Id > known).GroupBy(row => row.MonitorId).Select(own => own.Max(row => row.Id));
        foreach (var row in await db.Transitions.AsNoTracking().Where(row => last.Contains(row.Id)).ToListAsync(cancel))
            _current.AddOrUpdate(row.MonitorId, (row.Id, row.To), (_, had) => had.Id > row.Id ? had : (row.Id, row.To));
        for (; known < newest; known = Volatile.Read(ref _newestId)) Interlocked.CompareExchange(ref _newestId, newest, known);
    }

    /// <summary>Returns the newest minute with a result of each monitor. Each has one, which was just stored.</summary>
    private static Task<Dictionary<long, long>> NewestMinutesAsync(MonitorsDb db, List<NewestStored> stored, long until, CancellationToken cancel)
    {
        var (ids, oldest) = (stored.ConvertAll(one => one.MonitorId), stored.Min(one => one.Minute));
        return db.Monitors.Where(monitor => ids.Contains(monitor.Id))
            .Select(monitor => new
            {
                monitor.Id,
                Minute = db.Results.Where(row => row.MonitorId == monitor.Id && row.Region == 0 && row.Minute >= oldest && row.Minute <= until).Max(row => row.Minute),
            })
            .ToDictionaryAsync(monitor => monitor.Id, monitor => monitor.Minute, cancel);
    }
}
