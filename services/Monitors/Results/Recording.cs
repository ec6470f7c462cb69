using Kener.Contracts;
using Kener.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>
/// Stores what checks saw, with the event that tells of it, in one transaction. There is no audit row: what was observed is its own record,
/// and storing it again changes nothing.
/// </summary>
internal static class Recording
{
    private const int MostReadings = 1_000;

    /// <summary>
    /// Stores the observations, which are in order; how many of them changed something. Those of monitors that are gone, or that
    /// <paramref name="types"/> does not hold any more, are passed over. <paramref name="source"/>, such as "agent/berlin", is for people.
    /// </summary>
    public static async Task<int> StoreAsync(
        Changes<MonitorsDb> changes, LivingMonitors living, IReadOnlyList<Observation> observations, string[] types, string source, CancellationToken cancel)
    {
        var stored = 0;
        await changes.ProjectAsync(async change => stored = await StoreAsync(change, living, observations, types, source, cancel), cancel);
        return stored;
    }

    /// <summary>As above, within a change under way.</summary>
    public static async Task<int> StoreAsync(
        Change<MonitorsDb> change, LivingMonitors living, IReadOnlyList<Observation> observations, string[] types, string source, CancellationToken cancel)
    {
        var monitors = await living.HoldAsync(change.Db, cancel);
        var known = observations.Where(seen => monitors.TryGetValue(seen.MonitorId, out var monitor) && types.Contains(monitor.Type)).ToList();
        var verdicts = await JudgeAsync(change.Db, known, monitors, cancel);
        var readings = await Verdict.StoreAsync(change.Db, verdicts, cancel);
        foreach (var part in readings.Chunk(MostReadings)) change.Publish(source, () => new ReadingsRecorded { Readings = part });
        // What confirmation made of minutes that were there before is not what was asked.
        if (verdicts.Count == known.Count) return readings.Count;
        var given = known.Select(seen => (seen.MonitorId, seen.Minute)).ToHashSet();
        return readings.Count(reading => given.Contains((reading.MonitorId, reading.Minute)));
    }

    /// <summary>Without a threshold each result stands for itself; only monitors with one take the longer way.</summary>
    private static async Task<List<Verdict>> JudgeAsync(
        MonitorsDb db, List<Observation> seen, IReadOnlyDictionary<long, Recorded> living, CancellationToken cancel)
    {
        var verdicts = seen.Where(one => living[one.MonitorId].Threshold <= 1).Select(one => living[one.MonitorId].Read(one)).ToList();
        if (verdicts.Count == seen.Count) return verdicts;
        var confirming = seen.Where(one => living[one.MonitorId].Threshold > 1).GroupBy(one => one.MonitorId).ToList();
        await LockAsync(db, confirming.Select(own => own.Key), cancel);
        foreach (var own in confirming) verdicts.AddRange(await new Confirming(db, living[own.Key], cancel).JudgeAsync([.. own]));
        return [.. verdicts.OrderBy(verdict => verdict.MonitorId).ThenBy(verdict => verdict.Minute)];
    }

    /// <summary>
    /// The monitors, kept from being corrected, confirmed or evaluated by another until the transaction ends: what is read of them after this
    /// is what holds. Comes after <see cref="Deletion.HoldOffAsync"/>.
    /// </summary>
    public static async Task LockAsync(MonitorsDb db, IEnumerable<long> monitors, CancellationToken cancel)
    {
        if (!db.IsPostgres) return;
        var ids = monitors.Order().ToArray();
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM monitors WHERE id = ANY({ids}) ORDER BY id FOR NO KEY UPDATE", cancel);
    }
}
