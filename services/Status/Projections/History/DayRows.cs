using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Projections.History;

/// <summary>Writes results to the day rows.</summary>
internal static class DayRows
{
    /// <summary>
    /// Writes the day buffers of these history rows, which must be locked, then their runs in any order, and empties the buffers. Returns the history
    /// rows for which a run changed a minute, with their versions raised: writing only the buffer changes no known result.
    /// </summary>
    public static async Task<List<HistoryRow>> SettleAsync(
        StatusDb db, IReadOnlyCollection<HistoryRow> histories, Func<long, IEnumerable<MinuteRun>> piecesOf, CancellationToken cancel)
    {
        if (histories.Count == 0) return [];
        var ids = histories.Select(history => history.MonitorId).ToArray();
        var days = histories.SelectMany(history => DayBuffer.Read(history.Pending).Concat(piecesOf(history.MonitorId))).Select(piece => piece.Day).Distinct().ToArray();
        var stored = (await db.Days.Where(day => ids.Contains(day.MonitorId) && days.Contains(day.Day)).ToListAsync(cancel)).ToLookup(day => day.MonitorId);
        return [.. histories.Where(history => Write(db, history, stored[history.MonitorId].ToDictionary(day => day.Day), piecesOf(history.MonitorId)))];
    }

    private static bool Write(StatusDb db, HistoryRow history, Dictionary<int, StoredDay> stored, IEnumerable<MinuteRun> pieces)
    {
        var rows = new Dictionary<int, DayRow>();
        foreach (var piece in DayBuffer.Read(history.Pending)) RowOf(piece.Day).Set(piece);
        var isNews = false;
        foreach (var piece in pieces) isNews |= RowOf(piece.Day).Set(piece);
        if (!isNews && history.Pending.Length == 0) return false;
        history.Pending = [];
        if (isNews) history.Version++;
        foreach (var (day, row) in rows)
        {
            if (stored.GetValueOrDefault(day) is not { } known) db.Days.Add(known = new StoredDay { MonitorId = history.MonitorId, Day = day, Packed = [] });
            // Also if only the buffer is written: its results were added at versions up to this one.
            (known.Packed, known.Changed) = (row.Pack(), history.Version);
        }
        return isNews;

        DayRow RowOf(int day) => rows.TryGetValue(day, out var row) ? row
            : rows[day] = stored.TryGetValue(day, out var known) ? DayRow.Unpack(known.Packed) : new DayRow();
    }
}
