using Kener.Contracts;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.History;

/// <summary>
/// The pasts of the shown monitors, in memory: of each, only the days that changed since are read again. Not for use by two at once.
/// </summary>
internal sealed class PastCache
{
    private static readonly DayRow Nothing = new();
    private Dictionary<long, MonitorPast> _pasts = [];

    /// <summary>The pasts of these monitors as of <paramref name="now"/>, by id.</summary>
    public async Task<IReadOnlyDictionary<long, MonitorPast>> ReadAsync(
        StatusDb db, IReadOnlyList<MonitorChanged> monitors, long now, CancellationToken cancel)
    {
        var (today, ids) = (Minutes.DayOf(now), monitors.Select(monitor => monitor.Id).ToArray());
        var heads = await db.Histories.AsNoTracking().Where(row => ids.Contains(row.MonitorId)).ToDictionaryAsync(row => row.MonitorId, cancel);
        var stale = monitors.Where(monitor => !IsFresh(monitor, heads.GetValueOrDefault(monitor.Id), today)).ToList();
        var pasts = new Dictionary<long, MonitorPast>(monitors.Count);
        foreach (var id in ids) if (_pasts.TryGetValue(id, out var past)) pasts[id] = past;
        if (stale.Count > 0)
        {
            var overlays = await OverlaysAsync(db, [.. stale.Select(monitor => monitor.Id)], today, cancel);
            foreach (var monitor in stale)
            {
                var head = heads.GetValueOrDefault(monitor.Id);
                pasts[monitor.Id] = await ReadAsync(db, monitor, head, [.. overlays[monitor.Id]], now, cancel);
            }
        }
        return _pasts = pasts;
    }

    private bool IsFresh(MonitorChanged monitor, HistoryRow? head, int today) =>
        _pasts.TryGetValue(monitor.Id, out var past) && past.Version == (head?.Version ?? 0) && past.Today == today && past.Blanks == Blanks.Of(monitor);

    private static async Task<ILookup<long, Overlay>> OverlaysAsync(StatusDb db, long[] ids, int today, CancellationToken cancel)
    {
        var from = (today - MonitorPast.Days + 1) * Minutes.Day;
        var rows = await db.Intervals.AsNoTracking()
            .Where(row => ids.Contains(row.MonitorId) && (row.End == null || row.End > from))
            .OrderBy(row => row.IncidentId).ToListAsync(cancel);
        return rows.ToLookup(row => row.MonitorId, row => row.ToOverlay());
    }

    private async Task<MonitorPast> ReadAsync(
        StatusDb db, MonitorChanged monitor, HistoryRow? head, Overlay[] overlays, long now, CancellationToken cancel)
    {
        var (today, blanks) = (Minutes.DayOf(now), Blanks.Of(monitor));
        var from = today - MonitorPast.Days + 1;
        var old = _pasts.GetValueOrDefault(monitor.Id);
        // What is carried over midnight makes each day depend on those before.
        if (old is not null && (old.Blanks != blanks || blanks.Carries || old.Today > today)) old = null;
        var (first, last) = old is null ? (from, today) : Dirty(old, overlays, from, today);
        var since = old?.Version ?? -1;
        var rows = await db.Days.AsNoTracking()
            .Where(row => row.MonitorId == monitor.Id && row.Day >= from && row.Day <= today
                && (row.Changed > since || row.Day >= first && row.Day <= last))
            .ToDictionaryAsync(row => row.Day, row => DayRow.Unpack(row.Packed), cancel);
        // A deletion leaves no day to find, only a raised version: nothing else takes days away, and deleted monitors are not shown.
        var carried = blanks.Carries ? await BeforeAsync(db, monitor.Id, from, cancel) : null;
        var closed = new DayCounts[MonitorPast.Days - 1];
        for (var day = from; day < today; day++)
        {
            var isRead = rows.TryGetValue(day, out var row) || day >= first && day <= last;
            closed[day - from] = isRead
                ? ObservedDay.Count(row ?? Nothing, day, DayRow.Minutes, blanks, carried?.Status, Touching(overlays, day))
                : old!.Closed[day - (old.Today - MonitorPast.Days + 1)];
            carried = LatestOf(row, day) ?? carried;
        }
        var todayRow = rows.GetValueOrDefault(today) ?? (old?.Today == today ? old.TodayRow : Nothing);
        return new MonitorPast
        {
            Version = head?.Version ?? 0,
            Blanks = blanks,
            Today = today,
            Closed = closed,
            TodayRow = todayRow,
            Before = await BeforeTodayAsync(db, head, blanks, carried, todayRow, now, cancel),
            Overlays = overlays,
        };
    }

    /// <summary>The days whose counts an overlay or midnight changed, as one range; empty where last is before first.</summary>
    private static (int First, int Last) Dirty(MonitorPast old, Overlay[] overlays, int from, int today)
    {
        var (first, last) = old.Today < today ? (old.Today, today) : (int.MaxValue, int.MinValue);
        foreach (var overlay in overlays.Except(old.Overlays).Concat(old.Overlays.Except(overlays)))
        {
            first = Math.Min(first, (int)Math.Clamp(overlay.Start / Minutes.Day, from, today));
            last = Math.Max(last, (int)Math.Clamp((overlay.End ?? long.MaxValue) / Minutes.Day, from, today));
        }
        return (first, last);
    }

    private static Overlay[] Touching(Overlay[] overlays, int day) =>
        Array.FindAll(overlays, overlay => overlay.Touches(day * Minutes.Day, (day + 1) * Minutes.Day));

    private static async Task<Observed?> BeforeTodayAsync(
        StatusDb db, HistoryRow? head, Blanks blanks, Observed? carried, DayRow todayRow, long now, CancellationToken cancel)
    {
        var today = Minutes.DayOf(now);
        if (blanks.Carries) return carried;
        if (head?.LatestMinute is not { } latest) return null;
        if (latest < today * Minutes.Day) return new Observed(latest, head.LatestStatus);
        var minute = (int)((now - today * Minutes.Day) / 60);
        // Recorded for the future only: then what is present is older than the head says.
        return todayRow.LastKnown(minute) >= 0 ? null : await BeforeAsync(db, head.MonitorId, today, cancel);
    }

    private static async Task<Observed?> BeforeAsync(StatusDb db, long monitorId, int day, CancellationToken cancel)
    {
        var row = await db.Days.AsNoTracking().Where(row => row.MonitorId == monitorId && row.Day < day)
            .OrderByDescending(row => row.Day).FirstOrDefaultAsync(cancel);
        return row is null ? null : LatestOf(DayRow.Unpack(row.Packed), row.Day);
    }

    private static Observed? LatestOf(DayRow? row, int day) =>
        row?.LastKnown(DayRow.Minutes - 1) is { } minute and >= 0 ? new Observed(day * Minutes.Day + minute * 60L, row.StatusAt(minute)) : null;
}
