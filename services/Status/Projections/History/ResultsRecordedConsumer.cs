using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.Status.Database;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Projections.History;

/// <summary>
/// Stores results, including those of monitors that are not known yet, but not those of deleted monitors. Results that are newer than all before are
/// appended to the day buffer until a day row is worth writing; any others go into the day rows, together with the buffer.
/// </summary>
internal sealed class ResultsRecordedConsumer(Changes<StatusDb> changes, RenderTrigger trigger) : IConsumer<ResultsRecorded>
{
    public async Task Consume(ConsumeContext<ResultsRecorded> context)
    {
        var cancel = context.CancellationToken;
        var results = context.Message.Runs.Where(MinuteRun.CanHold).ToLookup(result => result.MonitorId);
        if (results.Count == 0) return;
        bool isNews = false, presentChanged = false;
        await changes.ProjectAsync(async change =>
        {
            var changed = new List<HistoryRow>();
            var unsorted = new List<HistoryRow>();
            foreach (var history in await LivingAsync(change.Db, [.. results.Select(own => own.Key)], cancel))
            {
                if (Append(history, results[history.MonitorId])) changed.Add(history);
                else unsorted.Add(history);
            }
            changed.AddRange(await DayRows.SettleAsync(change.Db, unsorted, id => results[id].SelectMany(MinuteRun.Of), cancel));
            isNews |= changed.Count > 0;
            foreach (var history in changed) presentChanged |= Take(history, results[history.MonitorId]);
            await HistoryRow.SaveAsync(change.Db, changed, cancel);
        }, cancel);
        if (presentChanged) trigger.Render();
        else if (isNews) trigger.RenderSoon();
    }

    /// <summary>Stores the newest result; returns whether that may have changed the present status.</summary>
    private static bool Take(HistoryRow history, IEnumerable<ResultRun> results)
    {
        var presentChanged = false;
        foreach (var result in results) presentChanged |= history.Take(Last(result), result.Status, result.Latency, result.Version);
        return presentChanged;
    }

    /// <summary>Returns the locked history rows of the monitors that are not deleted.</summary>
    private static async Task<IEnumerable<HistoryRow>> LivingAsync(StatusDb db, long[] ids, CancellationToken cancel)
    {
        var histories = await HistoryRow.LockAsync(db, ids, cancel);
        var dead = await db.Monitors.Where(row => row.Deleted && ids.Contains(row.Id)).Select(row => row.Id).ToHashSetAsync(cancel);
        return histories.Where(history => !dead.Contains(history.MonitorId));
    }

    /// <summary>Appends the results to the day buffer; false if one is not newer than all before it, or they do not fit.</summary>
    private static bool Append(HistoryRow history, IEnumerable<ResultRun> results)
    {
        var latest = history.LatestMinute ?? long.MinValue;
        foreach (var result in results)
        {
            if (Minutes.Floor(result.Minute) <= latest) return false;
            latest = Last(result);
        }
        if (DayBuffer.With(history.Pending, results.SelectMany(MinuteRun.Of)) is not { } pending) return false;
        (history.Pending, history.Version) = (pending, history.Version + 1);
        return true;
    }

    private static long Last(ResultRun result) => Minutes.Floor(result.Minute) + ((result.Count - 1) * 60L);
}
