using Kener.Contracts;
using Kener.Persistence;
using Kener.Status.Database;
using Kener.Status.Snapshots;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.History;

/// <summary>Writes what was observed into the day rows, also of monitors that are not known yet; of deleted ones nothing is kept.</summary>
internal sealed class ReadingsRecordedConsumer(Changes<StatusDb> changes, PageBell bell) : IConsumer<ReadingsRecorded>
{
    private sealed record Piece(long MonitorId, int Day, int From, int Count, Reading Reading);

    public async Task Consume(ConsumeContext<ReadingsRecorded> context)
    {
        var cancel = context.CancellationToken;
        var pieces = context.Message.Readings.SelectMany(Cut).ToList();
        if (pieces.Count == 0) return;
        bool isNews = false, presentChanged = false;
        await changes.ProjectAsync(async change =>
        {
            var days = await LoadAsync(change.Db, pieces, cancel);
            foreach (var (history, stored) in days)
            {
                var ofMonitor = pieces.Where(piece => piece.MonitorId == history.MonitorId).ToList();
                if (!Write(change.Db, history, stored, ofMonitor)) continue;
                isNews = true;
                foreach (var piece in ofMonitor) presentChanged |= TakeLatest(history, piece.Reading);
            }
        }, cancel);
        if (presentChanged) bell.Ring();
        else if (isNews) bell.RingSoon();
    }

    /// <summary>The locked heads of the monitors that live, with those of their days that are stored already.</summary>
    private static async Task<List<(HistoryRow History, Dictionary<int, StoredDay> Days)>> LoadAsync(
        StatusDb db, List<Piece> pieces, CancellationToken cancel)
    {
        var ids = pieces.Select(piece => piece.MonitorId).Distinct().ToArray();
        var dayNumbers = pieces.Select(piece => piece.Day).Distinct().ToArray();
        var histories = await HistoryRow.LockAsync(db, ids, cancel);
        var dead = await db.Monitors.Where(row => row.Deleted && ids.Contains(row.Id)).Select(row => row.Id).ToHashSetAsync(cancel);
        var stored = (await db.Days.Where(day => ids.Contains(day.MonitorId) && dayNumbers.Contains(day.Day)).ToListAsync(cancel))
            .ToLookup(day => day.MonitorId);
        return [.. histories.Where(history => !dead.Contains(history.MonitorId))
            .Select(history => (history, stored[history.MonitorId].ToDictionary(day => day.Day)))];
    }

    private static bool Write(StatusDb db, HistoryRow history, Dictionary<int, StoredDay> stored, IEnumerable<Piece> pieces)
    {
        var isNews = false;
        foreach (var ofDay in pieces.GroupBy(piece => piece.Day))
        {
            var known = stored.GetValueOrDefault(ofDay.Key);
            var row = known is null ? new DayRow() : DayRow.Unpack(known.Packed);
            var changed = false;
            foreach (var piece in ofDay)
            {
                for (var minute = piece.From; minute < piece.From + piece.Count; minute++)
                    changed |= row.Set(minute, piece.Reading.Status, piece.Reading.Latency, piece.Reading.Version);
            }
            if (!changed) continue;
            if (!isNews) history.Version++;
            isNews = true;
            if (known is null) db.Days.Add(known = new StoredDay { MonitorId = history.MonitorId, Day = ofDay.Key, Packed = [] });
            (known.Packed, known.Changed) = (row.Pack(), history.Version);
        }
        return isNews;
    }

    private static bool TakeLatest(HistoryRow history, Reading reading) =>
        history.Take(Minutes.Floor(reading.Minute) + (reading.Count - 1) * 60L, reading.Status, reading.Latency, reading.Version);

    /// <summary>A run, cut at midnight.</summary>
    private static IEnumerable<Piece> Cut(Reading reading)
    {
        var (minute, left) = (Minutes.Floor(reading.Minute), reading.Count);
        while (left > 0)
        {
            var day = Minutes.DayOf(minute);
            var from = (int)((minute - day * Minutes.Day) / 60);
            var count = Math.Min(left, DayRow.Minutes - from);
            yield return new Piece(reading.MonitorId, day, from, count, reading);
            (minute, left) = (minute + count * 60L, left - count);
        }
    }
}
