using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.History;

/// <summary>Writes what was observed into the day rows.</summary>
internal static class DayRows
{
    /// <summary>
    /// Writes what waits in these heads, which are locked, and then the pieces of each, whatever their order; nothing waits after. Gives the
    /// heads for which a piece was news, their versions raised: to write only what waited changes nothing that is known.
    /// </summary>
    public static async Task<List<HistoryRow>> SettleAsync(
        StatusDb db, IReadOnlyCollection<HistoryRow> histories, Func<long, IEnumerable<Piece>> piecesOf, CancellationToken cancel)
    {
        if (histories.Count == 0) return [];
        var ids = histories.Select(history => history.MonitorId).ToArray();
        var days = histories.SelectMany(history => Pending.Read(history.Pending).Concat(piecesOf(history.MonitorId))).Select(piece => piece.Day).Distinct().ToArray();
        var stored = (await db.Days.Where(day => ids.Contains(day.MonitorId) && days.Contains(day.Day)).ToListAsync(cancel)).ToLookup(day => day.MonitorId);
        return [.. histories.Where(history => Write(db, history, stored[history.MonitorId].ToDictionary(day => day.Day), piecesOf(history.MonitorId)))];
    }

    private static bool Write(StatusDb db, HistoryRow history, Dictionary<int, StoredDay> stored, IEnumerable<Piece> pieces)
    {
        var rows = new Dictionary<int, DayRow>();
        foreach (var piece in Pending.Read(history.Pending)) RowOf(piece.Day).Set(piece);
        var isNews = false;
        foreach (var piece in pieces) isNews |= RowOf(piece.Day).Set(piece);
        if (!isNews && history.Pending.Length == 0) return false;
        history.Pending = [];
        if (isNews) history.Version++;
        foreach (var (day, row) in rows)
        {
            if (stored.GetValueOrDefault(day) is not { } known) db.Days.Add(known = new StoredDay { MonitorId = history.MonitorId, Day = day, Packed = [] });
            // Also where only what waited is written: it came with a version up to this one.
            (known.Packed, known.Changed) = (row.Pack(), history.Version);
        }
        return isNews;

        DayRow RowOf(int day) => rows.TryGetValue(day, out var row) ? row
            : rows[day] = stored.TryGetValue(day, out var known) ? DayRow.Unpack(known.Packed) : new DayRow();
    }
}
