using Kener.Contracts;
using Kener.Persistence.Overlays;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Projections.History;

/// <summary>
/// Caches the pasts of the shown monitors in one time zone; of each, only the days that have changed are counted again. Not thread-safe.
/// </summary>
internal sealed class PastCache(TimeZoneInfo zone)
{
    /// <summary>The days of the zone.</summary>
    public Calendar Calendar { get; } = new(zone);

    private Dictionary<long, MonitorPast> _pasts = [];

    /// <summary>The monitors whose past the last <see cref="ReadAsync"/> could not read; the next call tries again.</summary>
    public IReadOnlyList<StoredFault> Faults { get; private set; } = [];

    /// <summary>
    /// Returns the pasts of these monitors as of <paramref name="now"/>, by id, with <paramref name="days"/> days including today. Reads those that
    /// are new or have changed, as the <paramref name="versions"/> of the histories show. Those that cannot be read are missing.
    /// </summary>
    public async Task<IReadOnlyDictionary<long, MonitorPast>> ReadAsync(
        StatusDb db, IReadOnlyList<MonitorChanged> monitors, IReadOnlyDictionary<long, long> versions, int days, long now, CancellationToken cancel)
    {
        var ids = monitors.Select(monitor => monitor.Id).ToArray();
        var span = new DaySpan(Calendar, Calendar.DayOf(now), days, now);
        var stale = monitors.Where(monitor => !IsFresh(monitor, versions.GetValueOrDefault(monitor.Id), span)).ToList();
        var pasts = new Dictionary<long, MonitorPast>(monitors.Count);
        var faults = new List<StoredFault>();
        foreach (var id in ids) if (_pasts.TryGetValue(id, out var past)) pasts[id] = past;
        if (stale.Count > 0)
        {
            var staleIds = stale.Select(monitor => monitor.Id).ToArray();
            var heads = await db.Histories.AsNoTracking().Where(row => staleIds.Contains(row.MonitorId)).ToDictionaryAsync(row => row.MonitorId, cancel);
            var overlays = await OverlaysAsync(db, staleIds, span, cancel);
            foreach (var monitor in stale)
            {
                try
                {
                    Overlay[] own = [.. overlays[monitor.Id].Select(row => row.ToOverlay())];
                    var result = new PastReader(span, monitor, heads.GetValueOrDefault(monitor.Id), own, _pasts.GetValueOrDefault(monitor.Id));
                    pasts[monitor.Id] = await result.ReadAsync(db, cancel);
                }
                catch (Exception fault) when (StoredFault.IsOfData(fault))
                {
                    pasts.Remove(monitor.Id);
                    faults.Add(new StoredFault($"Monitor {monitor.Tag}", fault));
                }
            }
        }
        Faults = faults;
        return _pasts = pasts;
    }

    private bool IsFresh(MonitorChanged monitor, long version, DaySpan span) =>
        _pasts.TryGetValue(monitor.Id, out var past) && past.Version == version && past.Today == span.Today
        && past.Closed.Count == span.Days - 1 && past.GapRule == GapRule.Of(monitor);

    private static async Task<ILookup<long, OverlayRow>> OverlaysAsync(StatusDb db, long[] ids, DaySpan span, CancellationToken cancel)
    {
        var from = span.Start;
        var rows = await db.Overlays.AsNoTracking()
            .Where(row => ids.Contains(row.MonitorId) && (row.End == null || row.End > from))
            .OrderBy(row => row.Kind).ThenBy(row => row.SourceId).ToListAsync(cancel);
        return rows.ToLookup(row => row.MonitorId);
    }
}

/// <summary>The days that are shown: a number of days up to and including today.</summary>
internal sealed record DaySpan(Calendar Calendar, int Today, int Days, long Now)
{
    public int First => Today - Days + 1;

    /// <summary>The first second of the first day.</summary>
    public long Start => Calendar.StartOf(First);

    /// <summary>Returns the first UTC day that this day overlaps.</summary>
    public int FirstUtc(int day) => Minutes.DayOf(Calendar.StartOf(day));

    /// <summary>Returns the last UTC day that this day overlaps.</summary>
    public int LastUtc(int day) => Minutes.DayOf(Calendar.StartOf(day + 1) - 1);
}
