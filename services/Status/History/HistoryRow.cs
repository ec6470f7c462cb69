using Kener.Contracts;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.History;

/// <summary>
/// The head of a monitor's history, known or not yet known: its lock, a version that is raised by all that touches the history
/// (readings, intervals, deletion), the newest reading, and what is in no day row yet.
/// </summary>
internal sealed class HistoryRow
{
    public long MonitorId { get; set; }
    public long Version { get; set; }
    /// <summary>Unix seconds; null before the first reading.</summary>
    public long? LatestMinute { get; set; }
    public int LatestVersion { get; set; }
    public MonitorStatus LatestStatus { get; set; }
    public double LatestLatency { get; set; }
    /// <summary>Readings that are newer than all in the day rows (<see cref="History.Pending"/>): a day is written once for many of them.</summary>
    public byte[] Pending { get; set; } = [];

    /// <summary>
    /// The heads of these monitors, made where missing, tracked, and locked until the transaction ends: always in the order of their ids,
    /// so that two writers never wait for each other. SQLite has one writer.
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
    /// Writes these heads, which are locked. In PostgreSQL by one statement, which lets nearly twice as many readings in as one for each head
    /// (<c>bench history</c>); they are not tracked after. In SQLite they are written with all that is tracked.
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

    /// <summary>Takes the reading as the newest if it is; says whether the present status may have changed by it.</summary>
    public bool Take(long minute, MonitorStatus status, double latency, int version)
    {
        if (LatestMinute is { } latest && (minute < latest || minute == latest && version <= LatestVersion)) return false;
        var differs = LatestMinute is null || status != LatestStatus;
        (LatestMinute, LatestVersion, LatestStatus, LatestLatency) = (minute, version, status, latency);
        return differs;
    }
}

/// <summary>What was observed of a monitor on a day of UTC.</summary>
internal sealed class StoredDay
{
    public long MonitorId { get; set; }
    /// <summary>Since 1970-01-01.</summary>
    public int Day { get; set; }
    /// <summary>The version of the history at which this day was last changed.</summary>
    public long Changed { get; set; }
    /// <summary>A <see cref="DayRow"/>.</summary>
    public required byte[] Packed { get; set; }
}
