using Kener.Contracts;
using Kener.Persistence;
using Kener.Status.Database;
using Kener.Status.Snapshots;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.History;

/// <summary>
/// Writes what was observed, also of monitors that are not known yet; of deleted ones nothing is kept. What is newer than all before waits
/// in the head until there is enough for a day row to be worth writing; anything else goes into the day rows, with all that waits.
/// </summary>
internal sealed class ReadingsRecordedConsumer(Changes<StatusDb> changes, PageBell bell) : IConsumer<ReadingsRecorded>
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
        if (presentChanged) bell.Ring();
        else if (isNews) bell.RingSoon();
    }

    /// <summary>Whether the present status may have changed by one of them.</summary>
    private static bool Take(HistoryRow history, IEnumerable<Reading> readings)
    {
        var presentChanged = false;
        foreach (var reading in readings) presentChanged |= history.Take(Last(reading), reading.Status, reading.Latency, reading.Version);
        return presentChanged;
    }

    /// <summary>The locked heads of the monitors that live.</summary>
    private static async Task<IEnumerable<HistoryRow>> LivingAsync(StatusDb db, long[] ids, CancellationToken cancel)
    {
        var histories = await HistoryRow.LockAsync(db, ids, cancel);
        var dead = await db.Monitors.Where(row => row.Deleted && ids.Contains(row.Id)).Select(row => row.Id).ToHashSetAsync(cancel);
        return histories.Where(history => !dead.Contains(history.MonitorId));
    }

    /// <summary>Lets them wait in the head, each newer than all before; false where one is not, or there is no room.</summary>
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
