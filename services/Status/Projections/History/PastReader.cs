using Kener.Contracts;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Projections.History;

/// <summary>Reads one monitor's past; <paramref name="old"/> is what was read before, if anything.</summary>
internal sealed class PastReader(DaySpan span, MonitorChanged monitor, HistoryRow? head, Overlay[] overlays, MonitorPast? old)
{
    private static readonly DayRow Nothing = new();
    private readonly GapRule _blanks = GapRule.Of(monitor);
    private readonly Dictionary<int, DayRow> _rows = [];
    // The UTC days that have been read, including those without results.
    private readonly HashSet<int> _read = [];
    private readonly List<MinuteRun> _pending = DayBuffer.Read(head?.Pending ?? []);

    // A status that is carried across midnight makes each day depend on those before it, so no day can be reused.
    private readonly MonitorPast? _old =
        old is null || old.GapRule != GapRule.Of(monitor) || old.GapRule.Carries || old.Today > span.Today || old.Closed.Count != span.Days - 1 ? null : old;

    public async Task<MonitorPast> ReadAsync(StatusDb db, CancellationToken cancel)
    {
        var dirty = await DirtyAsync(db, cancel);
        var (openFirst, openLast) = (span.FirstUtc(span.Today), span.LastUtc(span.Today));
        await LoadAsync(db, dirty.SelectMany(day => Range(span.FirstUtc(day), span.LastUtc(day))).Concat(Range(openFirst, openLast)), cancel);
        foreach (var piece in _pending.Where(piece => _read.Contains(piece.Day))) RowOf(piece.Day).Set(piece);
        var earlier = _blanks.Carries ? await BeforeAsync(db, span.FirstUtc(span.First), cancel) : null;
        var all = _blanks.Carries ? RowsOf(span.FirstUtc(span.First), openLast) : null;

        var closed = new DayCounts[span.Days - 1];
        for (var day = span.First; day < span.Today; day++)
        {
            var carried = all is null ? null : Before(span.Calendar.StartOf(day), all, earlier)?.Status;
            closed[day - span.First] = dirty.Contains(day) ? Count(day, carried) : _old!.Closed[day - (_old.Today - span.Days + 1)];
        }
        var open = RowsOf(openFirst, openLast);
        return new MonitorPast
        {
            Version = head?.Version ?? 0,
            GapRule = _blanks,
            Today = span.Today,
            Midnight = span.Calendar.StartOf(span.Today),
            NextMidnight = span.Calendar.StartOf(span.Today + 1),
            Closed = closed,
            Open = open,
            Before = all is null ? await BeforeOpenAsync(db, open, openFirst, cancel) : Before(openFirst * Minutes.Day, all, earlier),
            Overlays = overlays,
        };
    }

    /// <summary>
    /// Returns the past days that must be counted: those that results, overlays or midnight changed. Loads the days that results changed.
    /// </summary>
    private async Task<HashSet<int>> DirtyAsync(StatusDb db, CancellationToken cancel)
    {
        if (_old is null) return [.. Range(span.First, span.Today - 1)];
        var dirty = new HashSet<int>();
        if (_old.Today < span.Today) dirty.UnionWith(Range(_old.Today, span.Today));
        foreach (var overlay in overlays.Except(_old.Overlays).Concat(_old.Overlays.Except(overlays)))
            dirty.UnionWith(Range(Clamped(overlay.Start), Clamped(overlay.End ?? long.MaxValue)));
        // A deleted day leaves no row, only a raised version. Such are the days of deleted monitors, which are not shown, and days that are older
        // than any page shows, which matter only for what is carried forward, and then everything is read.
        var (since, recent) = (_old.Version, span.FirstUtc(span.Today - 1));
        var rows = await db.Days.AsNoTracking()
            .Where(row => row.MonitorId == monitor.Id && (row.Changed > since || row.Day >= recent)).ToListAsync(cancel);
        foreach (var row in rows)
        {
            Take(row);
            if (row.Changed > since) AddDaysOf(row.Day);
        }
        _read.UnionWith(Range(recent, span.LastUtc(span.Today)));
        foreach (var piece in _pending) AddDaysOf(piece.Day);
        dirty.RemoveWhere(day => day < span.First || day >= span.Today);
        return dirty;

        void AddDaysOf(int utc) => dirty.UnionWith(
            Range(span.Calendar.DayOf(utc * Minutes.Day), span.Calendar.DayOf((utc * Minutes.Day) + Minutes.Day - 1)));
    }

    private async Task LoadAsync(StatusDb db, IEnumerable<int> days, CancellationToken cancel)
    {
        var missing = days.Where(day => !_read.Contains(day)).ToHashSet();
        if (missing.Count == 0) return;
        // The missing days are adjacent or few, so one range is read.
        var (first, last) = (missing.Min(), missing.Max());
        var rows = db.Days.AsNoTracking().Where(row => row.MonitorId == monitor.Id && row.Day >= first && row.Day <= last);
        foreach (var row in await rows.ToListAsync(cancel))
            if (missing.Contains(row.Day)) Take(row);
        _read.UnionWith(missing);
    }

    private void Take(StoredDay row)
    {
        if (_read.Add(row.Day)) _rows[row.Day] = DayRow.Unpack(row.Packed);
    }

    private DayRow RowOf(int day) => _rows.TryGetValue(day, out var row) ? row : _rows[day] = new DayRow();

    private DayCounts Count(int day, MonitorStatus? carried)
    {
        var (from, to) = (span.Calendar.StartOf(day), span.Calendar.StartOf(day + 1));
        return RowsOf(span.FirstUtc(day), span.LastUtc(day)).Count(from, to, _blanks, carried, Array.FindAll(overlays, overlay => overlay.Touches(from, to)));
    }

    private MonitorDays RowsOf(int first, int last) => new(first, [.. Range(first, last).Select(day => _rows.GetValueOrDefault(day, Nothing))]);

    private int Clamped(long instant) => instant <= span.Start ? span.First : instant >= span.Now ? span.Today : span.Calendar.DayOf(instant);

    private async Task<LatestResult?> BeforeOpenAsync(StatusDb db, MonitorDays open, int openFirst, CancellationToken cancel)
    {
        if (head?.LatestMinute is null) return null;
        // Without a result up to now in today's rows, for example if all are in the future, the newest one is in an earlier day.
        return open.LastKnown(span.Now) is not null ? null : await BeforeAsync(db, openFirst, cancel);
    }

    /// <summary>
    /// Returns the newest result of all if it is before the instant. The history row has it for ever, even if its day is no longer kept.
    /// </summary>
    private LatestResult? LatestBefore(long instant) =>
        head?.LatestMinute is { } latest && latest < instant ? new LatestResult(latest, head.LatestStatus) : null;

    /// <summary>
    /// Returns the newest result before the instant, given all loaded days and <paramref name="earlier"/>, the newest result before them.
    /// </summary>
    private LatestResult? Before(long instant, MonitorDays all, LatestResult? earlier) => LatestBefore(instant) ?? all.LastKnown(instant - 60) ?? earlier;

    /// <summary>Returns the newest result before the UTC day.</summary>
    private async Task<LatestResult?> BeforeAsync(StatusDb db, int day, CancellationToken cancel)
    {
        if (LatestBefore(day * Minutes.Day) is { } known) return known;
        // The day buffer is newer than all day rows.
        if (_pending.FindLastIndex(piece => piece.Day < day) is >= 0 and var last) return new LatestResult(_pending[last].Last, _pending[last].Status);
        var row = await db.Days.AsNoTracking().Where(row => row.MonitorId == monitor.Id && row.Day < day && row.Packed != DayRow.Nothing)
            .OrderByDescending(row => row.Day).FirstOrDefaultAsync(cancel);
        return row is null ? null : new MonitorDays(row.Day, [DayRow.Unpack(row.Packed)]).LastKnown((row.Day + 1) * Minutes.Day - 1);
    }

    private static IEnumerable<int> Range(int first, int last) => Enumerable.Range(first, Math.Max(0, last - first + 1));
}
