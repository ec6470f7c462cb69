using Kener.Contracts;
using Kener.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>A monitor as far as storing a result of it needs it.</summary>
internal sealed record Recorded(long Id, int Threshold, string? DefaultStatus)
{
    /// <summary>What the observation means without confirmation: where the check yielded nothing, the default counts (spec/monitors 4).</summary>
    public Verdict Read(Observation seen) => seen.Raw == MonitorStatus.NoData && DefaultStatus is "UP" or "DOWN" or "DEGRADED"
        ? new Verdict(Id, seen.Minute, Words.ToStatus(DefaultStatus)!.Value, seen.Raw, seen.Latency, ResultType.Default, null, seen.Message)
        : new Verdict(Id, seen.Minute, seen.Raw, seen.Raw, seen.Latency, seen.Type, seen.Message, seen.Message);
}

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
        Changes<MonitorsDb> changes, IReadOnlyList<Observation> observations, string[] types, string source, CancellationToken cancel)
    {
        var stored = 0;
        await changes.ProjectAsync(async change =>
        {
            var living = await LivingAsync(change.Db, observations, types, cancel);
            var verdicts = new List<Verdict>(observations.Count);
            foreach (var seen in observations)
                if (living.TryGetValue(seen.MonitorId, out var monitor)) verdicts.Add(monitor.Read(seen));
            var readings = await Verdict.StoreAsync(change.Db, verdicts, cancel);
            stored = readings.Count;
            foreach (var part in readings.Chunk(MostReadings)) change.Publish(source, () => new ReadingsRecorded { Readings = part });
        }, cancel);
        return stored;
    }

    /// <summary>The monitors that are there, which none can delete until the transaction ends. SQLite has one writer.</summary>
    private static async Task<Dictionary<long, Recorded>> LivingAsync(
        MonitorsDb db, IReadOnlyList<Observation> observations, string[] types, CancellationToken cancel)
    {
        await Deletion.HoldOffAsync(db, cancel);
        var ids = observations.Select(seen => seen.MonitorId).Distinct().ToArray();
        return await db.Monitors.Where(row => ids.Contains(row.Id) && types.Contains(row.Type))
            .Select(row => new Recorded(row.Id, row.ConfirmationThreshold, row.IsActive && row.Cron != null ? row.DefaultStatus : null))
            .ToDictionaryAsync(row => row.Id, cancel);
    }
}
