using Kener.Contracts;

namespace Kener.Status.Projections.History;

/// <summary>How a minute without an observed status counts.</summary>
/// <param name="Default">The status where a check was recorded that ended without a verdict (Behavior: STA-5); null for none.</param>
/// <param name="Carries">Whether the last recorded status is carried forward to minutes where nothing was recorded.</param>
internal readonly record struct GapRule(MonitorStatus? Default, bool Carries)
{
    public static GapRule Of(MonitorChanged monitor) => new(monitor.DefaultStatus, monitor.CarriesForward && monitor.Type == MonitorTypes.None);
}

/// <summary>The result that counts as a monitor's newest.</summary>
internal readonly record struct LatestResult(long Minute, MonitorStatus Status);

/// <summary>
/// A monitor's last days in a time zone, independently of the present instant: past days are counted, today is kept as recorded. Immutable.
/// </summary>
internal sealed record MonitorPast
{
    /// <summary>The version of the history when this was read.</summary>
    public long Version { get; init; }
    public GapRule GapRule { get; init; }
    /// <summary>The present day of the zone, counted from 1970-01-01.</summary>
    public required int Today { get; init; }
    /// <summary>The first second of today, and that of the next day.</summary>
    public required long Midnight { get; init; }
    public required long NextMidnight { get; init; }
    /// <summary>The days before today, oldest first.</summary>
    public required IReadOnlyList<DayCounts> Closed { get; init; }
    /// <summary>The UTC days that today overlaps.</summary>
    public required MonitorDays Open { get; init; }
    /// <summary>The newest result before those days.</summary>
    public LatestResult? Before { get; init; }
    public IReadOnlyList<Overlay> Overlays { get; init; } = [];

    /// <summary>Returns all days, or the last <paramref name="days"/>; the last one is today up to and including the present minute.</summary>
    public IReadOnlyList<DayCounts> DaysAt(long now, int days = int.MaxValue)
    {
        var end = Math.Clamp(Minutes.Floor(now) + 60, Midnight + 60, NextMidnight);
        var carried = GapRule.Carries ? (Open.LastKnown(Midnight - 60) ?? Before)?.Status : null;
        return [.. Closed.TakeLast(days - 1), Open.Count(Midnight, end, GapRule, carried, [.. Overlays])];
    }

    /// <summary>Returns the newest result that is not in the future.</summary>
    public LatestResult? LatestAt(long now) => Open.LastKnown(now) ?? Before;

    /// <summary>
    /// Returns the monitor's effective status at this second (Behavior: STA-2, STA-4, STA-7). <paramref name="period"/>: seconds between its checks,
    /// 0 for none.
    /// </summary>
    public MonitorStatus StatusAt(long now, int period, bool isChecked = true)
    {
        // Results from before the monitor could no longer be checked say nothing about the present.
        var observed = (isChecked || period == 0) && LatestAt(now) is { } latest && now <= Freshness.Until(latest.Minute, period)
            ? latest.Status == MonitorStatus.NoData ? GapRule.Default ?? MonitorStatus.NoData : latest.Status
            : MonitorStatus.NoData;
        return EffectiveStatus.At(now, null, observed, [.. Overlays]);
    }

    /// <summary>Returns the instants at which the clock alone changes the days or the status, including midnight.</summary>
    public IEnumerable<long> InstantsAfter(long now, int period)
    {
        yield return NextMidnight;
        var nextMinute = Minutes.Floor(now) + 60;
        foreach (var overlay in Overlays)
        {
            if (overlay.Covers(nextMinute)) yield return nextMinute;
            if (overlay.Start > now) yield return overlay.Start;
            if (overlay.End is { } end && end > now) yield return end;
        }
        var latest = LatestAt(now);
        if (GapRule.Carries && latest is not null) yield return nextMinute;
        if (latest is { } result && period > 0 && Freshness.Until(result.Minute, period) >= now) yield return Freshness.Until(result.Minute, period) + 1;
        if (Open.NextKnown(now) is { } recorded) yield return recorded;
    }
}
