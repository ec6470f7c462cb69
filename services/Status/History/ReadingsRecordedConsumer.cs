using Kener.Contracts;
using Kener.Persistence;
using Kener.Status.Database;
using Kener.Status.Snapshots;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.History;

/// <summary>
/// Stores results, including those of monitors that are not known yet, but not those of deleted monitors. Results that are newer than all before are
/// appended to the day buffer until a day row is worth writing; any others go into the day rows, together with the buffer.
/// </summary>
internal sealed class ReadingsRecordedConsumer(Changes<StatusDb> changes, RenderTrigger trigger) : IConsumer<ReadingsRecorded>
{
    public async Task Consume(ConsumeContext<ReadingsRecorded> context)
    {
        var cancel = context.CancellationToken;
        var readings = context.Message.Readings.Where(Piece.CanHold).ToLookup(reading => reading.MonitorId);
        if (readings.Count == 0) return;
        bool isNews = false, presentChanged = false;
        await changes.ProjectAsync(async change =>
        {
            var changed = new List<HistoryRow>();
            var unsorted = new List<HistoryRow>();
            foreach (var history in await LivingAsync(change.Db, [.. readings.Select(own => own.Key)], cancel))
            {
                if (Append(history, readings[history.MonitorId])) changed.Add(history);
                else unsorted.Add(history);
            }
            changed.AddRange(await DayRows.SettleAsync(change.Db, unsorted, id => readings[id].SelectMany(Piece.Of), cancel));
            isNews |= changed.Count > 0;
            foreach (var history in changed) presentChanged |= Take(history, readings[history.MonitorId]);
            await HistoryRow.SaveAsync(change.Db, changed, cancel);
        }, cancel);
        if (presentChanged) trigger.Render();
        else if (isNews) trigger.RenderSoon();
    }

    /// <summary>Stores the newest result; returns whether that may have changed the present status.</summary>
    private static bool Take(HistoryRow history, IEnumerable<Reading> readings)
    {
        var presentChanged = false;
        foreach (var reading in readings) presentChanged |= history.Take(Last(reading), reading.Status, reading.Latency, reading.Version);
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
    private static bool Append(HistoryRow history, IEnumerable<Reading> readings)
    {
        var latest = history.LatestMinute ?? long.MinValue;
        foreach (var reading in readings)
        {
            if (Minutes.Floor(reading.Minute) <= latest) return false;
            latest = Last(reading);
        }
        if (Pending.With(history.Pending, readings.SelectMany(Piece.Of)) is not { } pending) return false;
        (history.Pending, history.Version) = (pending, history.Version + 1);
        return true;
    }

    private static long Last(Reading reading) => Minutes.Floor(reading.Minute) + ((reading.Count - 1) * 60L);
}
