using System.Collections.Frozen;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Results;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Monitors;

/// <summary>The properties of a monitor that storing its results needs.</summary>
internal sealed record MonitorSummary(long Id, string Type, int Threshold, string? DefaultStatus)
{
    /// <summary>
    /// Returns the verdict on the observation without confirmation: the default status if the check ended without a verdict (Behavior: STA-5).
    /// </summary>
    public MinuteVerdict Read(Observation seen) => seen.Raw == MonitorStatus.NoData && DefaultStatus is "UP" or "DOWN" or "DEGRADED"
        ? new MinuteVerdict(Id, seen.Minute, ApiWords.ToStatus(DefaultStatus)!.Value, seen.Raw, seen.Latency, ResultType.Default, null, seen.Message)
        : new MinuteVerdict(Id, seen.Minute, seen.Raw, seen.Raw, seen.Latency, seen.Type, seen.Message, seen.Message);
}

/// <summary>Caches the existing monitors for storing results; they are read again only when the version of their set has changed.</summary>
internal sealed class MonitorSummaries
{
    private sealed record Known(long SetVersion, FrozenDictionary<long, MonitorSummary> Monitors);

    private static readonly string SetVersion = $"SELECT version FROM monitor_sets WHERE id = {MonitorSet.Only}";

    private Known _known = new(-1, FrozenDictionary<long, MonitorSummary>.Empty);

    /// <summary>
    /// Returns all monitors; none of them can be deleted until the current transaction ends. That transaction must not change the set itself: if it
    /// were rolled back, its changes would stay in the cache.
    /// </summary>
    public async Task<IReadOnlyDictionary<long, MonitorSummary>> HoldAsync(MonitorsDb db, CancellationToken cancel)
    {
        // The version is read before the monitors: newer monitors with an older version are only read once more.
        var version = await AdvisoryLock.ThenReadAsync(db, Deletion.HoldOff, SetVersion, cancel);
        var known = Volatile.Read(ref _known);
        if (known.SetVersion == version) return known.Monitors;
        var monitors = await db.Monitors
            .Select(row => new MonitorSummary(row.Id, row.Type, row.ConfirmationThreshold, row.IsActive && row.Cron != null && !MonitorTypes.OfClock.Contains(row.Type) ? row.DefaultStatus : null))
            .ToListAsync(cancel);
        known = new Known(version, monitors.ToFrozenDictionary(row => row.Id));
        Volatile.Write(ref _known, known);
        return known.Monitors;
    }
}
