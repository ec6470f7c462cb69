using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Monitors;
using Kener.Persistence.Overlays;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Results;

/// <summary>
/// Applies <see cref="Confirmation"/> to new observations and to the stored results of a monitor, in whatever order observations arrive: the
/// minutes after a late one are judged again, as far as it changes them. Minutes under a maintenance are left out, as if they did not exist.
/// </summary>
internal sealed class Confirming(MonitorsDb db, MonitorSummary monitor, CancellationToken cancel)
{
    private const int Page = 500;
    private readonly SortedDictionary<long, MinuteVerdict> _verdicts = [];
    private Confirmation _now = new(monitor.Threshold), _before = new(monitor.Threshold);
    private Overlay[] _maintenances = [];

    /// <summary>Returns the verdicts on these observations, which are ordered by minute, and on the stored minutes that they may change.</summary>
    public async Task<IEnumerable<MinuteVerdict>> JudgeAsync(IReadOnlyList<Observation> seen)
    {
        await BeginAsync(seen[0].Minute);
        var given = seen.ToDictionary(one => one.Minute);
        var last = seen[^1].Minute;
        for (long? next = seen[0].Minute; next is { } from;)
        {
            var stored = await db.Results.AsNoTracking().Where(row => row.MonitorId == monitor.Id && row.Region == 0 && row.Minute >= from)
                .OrderBy(row => row.Minute).Take(Page).ToDictionaryAsync(row => row.Minute, cancel);
            // No observation is late: earlier verdicts stand, even if the threshold has changed since.
            if (stored.Count == 0 && from == seen[0].Minute) _verdicts.Clear();
            var until = stored.Count < Page ? long.MaxValue : stored.Keys.Max();
            foreach (var minute in stored.Keys.Union(given.Keys.Where(minute => minute >= from && minute <= until)).Order())
            {
                Take(stored.GetValueOrDefault(minute), given.GetValueOrDefault(minute));
                if (minute < last || !_now.IsAt(_before)) continue;
                // Old and new run agree from here on; stored verdicts, including held minutes, are unchanged.
                foreach (var held in _now.Held) _verdicts.Remove(held.Minute);
                return _verdicts.Values;
            }
            next = stored.Count < Page ? null : until + 60;
        }
        return _verdicts.Values;
    }

    private void Take(Result? stored, Observation? given)
    {
        var old = stored?.ToObservation();
        if (old is not null && Counts(old)) _before.Next(old);
        // A correction is never overwritten.
        if (stored?.Type == ResultType.Manual) return;
        var seen = given ?? old!;
        if (Counts(seen)) foreach (var verdict in _now.Next(seen)) _verdicts[verdict.Minute] = verdict;
        else if (given is not null) _verdicts[given.Minute] = monitor.Read(given);
    }

    /// <summary>
    /// Starts from the newest status before that minute that no later result can change: that of as many consecutive checks on one side as the
    /// threshold. The few results after them are judged again.
    /// </summary>
    private async Task BeginAsync(long first)
    {
        var overlays = await db.Overlays.TouchingAsync(monitor.Id, first, long.MaxValue, cancel);
        _maintenances = Array.FindAll(overlays, overlay => overlay.Kind == OverlayKind.Maintenance);
        var newest = await EarlierAsync(first, monitor.Threshold + 4);
        var start = Settled(newest);
        if (start < 0 && newest.Count == monitor.Threshold + 4)
        {
            newest = await EarlierAsync(first, Page);
            start = Settled(newest);
            // Nothing was confirmed in a whole page of results: the stored status of the oldest applies to all of them.
            if (start < 0 && newest.Count == Page) start = newest.Count - 1;
            else if (start < 0) start = newest.Count;
        }
        else if (start < 0) start = newest.Count;
        if (start < newest.Count)
        {
            var anchor = start == newest.Count - 1 && newest.Count == Page ? newest[start].Status : newest[start].RawStatus;
            (_now, _before) = (_now.From(anchor), _before.From(anchor));
        }
        for (var i = start - 1; i >= 0; i--)
        {
            var old = newest[i].ToObservation();
            _before.Next(old);
            foreach (var verdict in _now.Next(old)) _verdicts[verdict.Minute] = verdict;
        }
    }

    /// <summary>Returns the index of the newest result of the latest confirmed run, or -1. Rows are sorted newest first.</summary>
    private int Settled(List<Result> newest)
    {
        var run = 0;
        for (var i = 0; i < newest.Count; i++)
        {
            run = i > 0 && Confirmation.IsSameSide(newest[i].RawStatus, newest[i - 1].RawStatus) ? run + 1 : 1;
            if (run == monitor.Threshold) return i - run + 1;
        }
        return -1;
    }

    private Task<List<Result>> EarlierAsync(long first, int most) => db.Results.AsNoTracking()
        .Where(row => row.MonitorId == monitor.Id && row.Region == 0 && row.Minute < first
            && (row.Type == ResultType.Realtime || row.Type == ResultType.Timeout || row.Type == ResultType.Error)
            && (row.RawStatus == MonitorStatus.Up || row.RawStatus == MonitorStatus.Down || row.RawStatus == MonitorStatus.Degraded)
            && !db.Overlays.Any(over => over.MonitorId == row.MonitorId && over.Kind == OverlayKind.Maintenance
                && over.Start <= row.Minute && (over.End == null || over.End > row.Minute)))
        .OrderByDescending(row => row.Minute).Take(most).ToListAsync(cancel);

    private bool Counts(Observation seen) =>
        Confirmation.Counts(seen) && !Array.Exists(_maintenances, maintenance => maintenance.Covers(seen.Minute));
}
