using Kener.Contracts;
using Kener.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>
/// The only way by which results are stored, whatever their source: with the events that carry them and the transitions that they cause, in
/// one transaction (Behavior: TRN-1). What checks saw has no audit row: it is its own record, and storing it again changes nothing.
/// </summary>
internal sealed class Recording(LivingMonitors living, Transitions transitions)
{
    private const int MostReadings = 1_000;

    /// <summary>
    /// Stores the observations, which are in order; how many of them changed something. Those of monitors that are gone, or that
    /// <paramref name="types"/> does not hold any more, are passed over. <paramref name="source"/>, such as "agent/berlin", is for people.
    /// </summary>
    public async Task<int> StoreAsync(
        Changes<MonitorsDb> changes, IReadOnlyList<Observation> observations, string[] types, string source, CancellationToken cancel)
    {
        var stored = 0;
        await changes.ProjectAsync(async change => stored = await StoreAsync(change, observations, types, source, cancel), cancel);
        return stored;
    }

    /// <summary>As above, within a change under way.</summary>
    public async Task<int> StoreAsync(
        Change<MonitorsDb> change, IReadOnlyList<Observation> observations, string[] types, string source, CancellationToken cancel)
    {
        var monitors = await living.HoldAsync(change.Db, cancel);
        var known = observations.Where(seen => monitors.TryGetValue(seen.MonitorId, out var monitor) && types.Contains(monitor.Type)).ToList();
        var verdicts = await JudgeAsync(change.Db, known, monitors, cancel);
        var readings = await Verdict.StoreAsync(change.Db, verdicts, cancel);
        foreach (var part in readings.Chunk(MostReadings)) change.Publish(source, () => new ReadingsRecorded { Readings = part });
        await transitions.RecordAsync(change, readings.Select(reading => new NewestStored(reading.MonitorId, reading.Minute, reading.Status)), cancel);
        // What confirmation made of minutes that were there before is not what was asked.
        if (verdicts.Count == known.Count) return readings.Count;
        var given = known.Select(seen => (seen.MonitorId, seen.Minute)).ToHashSet();
        return readings.Count(reading => given.Contains((reading.MonitorId, reading.Minute)));
    }

    /// <summary>Stores a person's corrections of a monitor, which are in order, within a change that has locked it.</summary>
    public async Task CorrectAsync(Change<MonitorsDb> change, long monitor, IReadOnlyList<Correction> corrections, CancellationToken cancel)
    {
        foreach (var correction in corrections)
        {
            var stored = await correction.StoreAsync(change.Db, monitor, change.Now, cancel);
            foreach (var message in Runs.Messages(monitor, stored)) change.Publish($"monitor/{monitor}", () => message);
        }
        await transitions.RecordAsync(
            change, corrections.SelectMany(own => own.Minutes, (own, minute) => new NewestStored(monitor, minute, own.Status)), cancel);
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
