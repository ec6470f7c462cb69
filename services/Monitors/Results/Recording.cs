using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Monitors;
using Kener.Monitors.Transitions;
using Kener.Persistence.Commit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Results;

/// <summary>
/// Stores all results, whatever their source, in one transaction with the events that carry them and the transitions that they cause
/// (Behavior: TRN-1). Results of checks have no audit row: they are a record themselves, and storing one again changes nothing.
/// </summary>
internal sealed class Recording(MonitorSummaries living, TransitionLog transitions)
{
    private const int MostReadings = 1_000;

    /// <summary>
    /// Stores the observations, which are ordered. Returns how many of them changed something. Observations of monitors that no longer exist, or
    /// whose type is not in <paramref name="types"/>, are skipped. <paramref name="source"/>, such as "agent/berlin", is for people.
    /// </summary>
    public async Task<int> StoreAsync(
        Changes<MonitorsDb> changes, IReadOnlyList<Observation> observations, string[] types, string source, CancellationToken cancel)
    {
        var stored = 0;
        await changes.ProjectAsync(async change => stored = await StoreAsync(change, observations, types, source, cancel), cancel);
        return stored;
    }

    /// <summary>As above, within a change that is already running.</summary>
    public async Task<int> StoreAsync(
        Change<MonitorsDb> change, IReadOnlyList<Observation> observations, string[] types, string source, CancellationToken cancel)
    {
        var monitors = await living.HoldAsync(change.Db, cancel);
        var known = observations.Where(seen => monitors.TryGetValue(seen.MonitorId, out var monitor) && types.Contains(monitor.Type)).ToList();
        var verdicts = await JudgeAsync(change.Db, known, monitors, cancel);
        var results = await MinuteVerdict.StoreAsync(change.Db, verdicts, cancel);
        foreach (var part in results.Chunk(MostReadings)) change.Publish(source, () => new ResultsRecorded { Runs = part });
        await transitions.RecordAsync(change, results.Select(result => new NewestStored(result.MonitorId, result.Minute, result.Status)), cancel);
        // Earlier minutes that confirmation changed are not counted: they were not in the request.
        if (verdicts.Count == known.Count) return results.Count;
        var given = known.Select(seen => (seen.MonitorId, seen.Minute)).ToHashSet();
        return results.Count(result => given.Contains((result.MonitorId, result.Minute)));
    }

    /// <summary>Stores corrections of a monitor, which are ordered, within a change that has locked the monitor.</summary>
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

    /// <summary>Returns the verdicts. Only monitors with a confirmation threshold need their stored results read and locked.</summary>
    private static async Task<List<MinuteVerdict>> JudgeAsync(
        MonitorsDb db, List<Observation> seen, IReadOnlyDictionary<long, MonitorSummary> living, CancellationToken cancel)
    {
        var verdicts = seen.Where(one => living[one.MonitorId].Threshold <= 1).Select(one => living[one.MonitorId].Read(one)).ToList();
        if (verdicts.Count == seen.Count) return verdicts;
        var confirming = seen.Where(one => living[one.MonitorId].Threshold > 1).GroupBy(one => one.MonitorId).ToList();
        await LockAsync(db, confirming.Select(own => own.Key), cancel);
        foreach (var own in confirming) verdicts.AddRange(await new Confirming(db, living[own.Key], cancel).JudgeAsync([.. own]));
        return [.. verdicts.OrderBy(verdict => verdict.MonitorId).ThenBy(verdict => verdict.Minute)];
    }

    /// <summary>
    /// Locks the monitors against correction, confirmation and evaluation by other transactions until this one ends, so that what is read of them
    /// after this stays valid. Must be called after <see cref="Deletion.HoldOffAsync"/>.
    /// </summary>
    public static async Task LockAsync(MonitorsDb db, IEnumerable<long> monitors, CancellationToken cancel)
    {
        if (!db.IsPostgres) return;
        var ids = monitors.Order().ToArray();
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM monitors WHERE id = ANY({ids}) ORDER BY id FOR NO KEY UPDATE", cancel);
    }
}
