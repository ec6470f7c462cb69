using System.Collections.Frozen;
using Kener.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>A monitor as far as storing a result of it needs it.</summary>
internal sealed record Recorded(long Id, string Type, int Threshold, string? DefaultStatus)
{
    /// <summary>What the observation means without confirmation: where the check yielded nothing, the default counts (Behavior: STA-5).</summary>
    public Verdict Read(Observation seen) => seen.Raw == MonitorStatus.NoData && DefaultStatus is "UP" or "DOWN" or "DEGRADED"
        ? new Verdict(Id, seen.Minute, Words.ToStatus(DefaultStatus)!.Value, seen.Raw, seen.Latency, ResultType.Default, null, seen.Message)
        : new Verdict(Id, seen.Minute, seen.Raw, seen.Raw, seen.Latency, seen.Type, seen.Message, seen.Message);
}

/// <summary>The monitors that there are, as far as storing results needs them; read again only when the set's version has grown.</summary>
internal sealed class LivingMonitors
{
    private sealed record Known(long SetVersion, FrozenDictionary<long, Recorded> Monitors);

    private Known _known = new(-1, FrozenDictionary<long, Recorded>.Empty);

    /// <summary>
    /// All monitors, none of which can be deleted until the transaction under way ends. That one must not change the set itself: what it
    /// takes back would stay known here.
    /// </summary>
    public async Task<IReadOnlyDictionary<long, Recorded>> HoldAsync(MonitorsDb db, CancellationToken cancel)
    {
        await Deletion.HoldOffAsync(db, cancel);
        // First the version, then what it is of: newer monitors under an older version are only read once more.
        var version = await db.MonitorSets.Where(set => set.Id == MonitorSet.Only).Select(set => set.Version).SingleAsync(cancel);
        var known = Volatile.Read(ref _known);
        if (known.SetVersion == version) return known.Monitors;
        var monitors = await db.Monitors
            .Select(row => new Recorded(row.Id, row.Type, row.ConfirmationThreshold, row.IsActive && row.Cron != null && !MonitorTypes.OfClock.Contains(row.Type) ? row.DefaultStatus : null))
            .ToListAsync(cancel);
        known = new Known(version, monitors.ToFrozenDictionary(row => row.Id));
        Volatile.Write(ref _known, known);
        return known.Monitors;
    }
}
