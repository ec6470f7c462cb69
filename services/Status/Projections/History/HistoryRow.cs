using Kener.Contracts;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Projections.History;

/// <summary>
/// The row of a monitor's history, which may exist before the monitor is known. It serves as the history's lock, and has a version that every change
/// of the history raises (results, overlays, deletion), the newest result, and the day buffer.
/// </summary>
internal sealed class HistoryRow
{
    public long MonitorId { get; set; }
    public long Version { get; set; }
    /// <summary>Unix seconds; null before the first result.</summary>
    public long? LatestMinute { get; set; }
    public int LatestVersion { get; set; }
    public MonitorStatus LatestStatus { get; set; }
    public double LatestLatency { get; set; }
    /// <summary>The day buffer (<see cref="DayBuffer"/>): results newer than all day rows, so that one write of a day stores many.</summary>
    public byte[] Pending { get; set; } = [];

    /// <summary>
    /// Returns the history rows of these monitors, created if missing, tracked, and locked until the transaction ends: always in the order of ids, so
    /// that two writers cannot deadlock. SQLite has only one writer.
    /// </summary>
    public static async Task<List<HistoryRow>> LockAsync(StatusDb db, IReadOnlyCollection<long> monitorIds, CancellationToken cancel)
    {
        var ids = monitorIds.Distinct().Order().ToArray();
        var known = await db.Histories.Where(row => ids.Contains(row.MonitorId)).Select(row => row.MonitorId).ToHashSetAsync(cancel);
        foreach (var id in ids.Where(id => !known.Contains(id)))
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO histories (monitor_id, version, latest_version, latest_status, latest_latency, pending) VALUES ({id}, 0, 0, 0, 0, {Array.Empty<byte>()})
                ON CONFLICT DO NOTHING
                """, cancel);
        }
        var rows = db.IsPostgres
            ? db.Locked<HistoryRow>("WHERE monitor_id = ANY ({0}) ORDER BY monitor_id FOR UPDATE", ids)
            : db.Histories.Where(row => ids.Contains(row.MonitorId)).OrderBy(row => row.MonitorId);
        return await rows.ToListAsync(cancel);
    }

    /// <summary>
    /// Writes these history rows, which must be locked. In PostgreSQL with one statement, which stores nearly twice as many results as one statement
    /// per row (<c>bench history</c>); the rows are not tracked afterwards. In SQLite they are written with all other tracked rows.
    /// </summary>
    public static async Task SaveAsync(StatusDb db, List<HistoryRow> rows, CancellationToken cancel)
    {
        if (!db.IsPostgres || rows.Count == 0) return;
        var (ids, versions, pending) = (Column(row => row.MonitorId), Column(row => row.Version), Column(row => row.Pending));
        var (minutes, latestVersions) = (Column(row => row.LatestMinute), Column(row => row.LatestVersion));
        var (statuses, latencies) = (Column(row => (short)row.LatestStatus), Column(row => row.LatestLatency));
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE histories SET version = given.version, pending = given.pending, latest_minute = given.latest_minute,
                latest_version = given.latest_version, latest_status = given.latest_status, latest_latency = given.latest_latency
            FROM unnest({ids}, {versions}, {pending}, {minutes}, {latestVersions}, {statuses}, {latencies})
                AS given (monitor_id, version, pending, latest_minute, latest_version, latest_status, latest_latency)
            WHERE histories.monitor_id = given.monitor_id
            """, cancel);
        foreach (var row in rows) db.Entry(row).State = EntityState.Detached;

        T[] Column<T>(Func<HistoryRow, T> value) => [.. rows.Select(value)];
    }

    /// <summary>Stores the result as the newest if it is; returns whether that may have changed the present status.</summary>
    public bool Take(long minute, MonitorStatus status, double latency, int version)
    {
        if (LatestMinute is { } latest && (minute < latest || minute == latest && version <= LatestVersion)) return false;
        var differs = LatestMinute is null || status != LatestStatus;
        (LatestMinute, LatestVersion, LatestStatus, LatestLatency) = (minute, version, status, latency);
        return differs;
    }
}

/// <summary>The results of a monitor on a UTC day.</summary>
internal sealed class StoredDay
{
    public long MonitorId { get; set; }
    /// <summary>The UTC day, counted from 1970-01-01.</summary>
    public int Day { get; set; }
    /// <summary>The version of the history at which this day was last changed.</summary>
    public long Changed { get; set; }
    /// <summary>A packed <see cref="DayRow"/>.</summary>
    public required byte[] Packed { get; set; }
}
