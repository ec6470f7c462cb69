using Kener.Contracts;

namespace Kener.Status.History;

/// <summary>What a minute without a result of its own counts as.</summary>
/// <param name="Default">Where a check was recorded that yielded nothing (Behavior: STA-5).</param>
/// <param name="Carries">Where nothing was recorded: what was recorded last.</param>
internal readonly record struct Blanks(MonitorStatus? Default, bool Carries)
{
    public static Blanks Of(MonitorChanged monitor) => new(monitor.DefaultStatus, monitor.CarriesForward && monitor.Type == MonitorTypes.None);
}

/// <summary>A reading that counts as a monitor's newest.</summary>
internal readonly record struct Observed(long Minute, MonitorStatus Status);

/// <summary>
/// A monitor's last days in a time zone, as far as the clock does not change them: closed days are counted, today is as it was recorded.
/// Immutable.
/// </summary>
internal sealed record MonitorPast
{
    /// <summary>The history's version at which this was read.</summary>
    public long Version { get; init; }
    public Blanks Blanks { get; init; }
    /// <summary>The zone's day, since 1970-01-01.</summary>
    public required int Today { get; init; }
    /// <summary>Its first second, and that of the next day.</summary>
    public required long Midnight { get; init; }
    public required long NextMidnight { get; init; }
    /// <summary>The days before today, oldest first.</summary>
    public required IReadOnlyList<DayCounts> Closed { get; init; }
    /// <summary>The days of UTC that today touches.</summary>
    public required Recorded Open { get; init; }
    /// <summary>The newest reading before those.</summary>
    public Observed? Before { get; init; }
    public IReadOnlyList<Overlay> Overlays { get; init; } = [];

    /// <summary>All days, or the last <paramref name="days"/>, the very last one today up to and with the present minute.</summary>
    public IReadOnlyList<DayCounts> DaysAt(long now, int days = int.MaxValue)
    {
        var end = Math.Clamp(Minutes.Floor(now) + 60, Midnight + 60, NextMidnight);
        var carried = Blanks.Carries ? (Open.LastKnown(Midnight - 60) ?? Before)?.Status : null;
        return [.. Closed.TakeLast(days - 1), Open.Count(Midnight, end, Blanks, carried, [.. Overlays])];
    }

    /// <summary>The newest reading that is not of the future.</summary>
    public Observed? LatestAt(long now) => Open.LastKnown(now) ?? Before;

    /// <summary>What the monitor is at this second (Behavior: STA-2, STA-4, STA-7). <paramref name="period"/>: seconds between its checks, 0 for none.</summary>
    public MonitorStatus StatusAt(long now, int period, bool isChecked = true)
    {
        // What was recorded before it could no longer be checked says nothing about now.
        var observed = (isChecked || period == 0) && LatestAt(now) is { } latest && now <= Freshness.Until(latest.Minute, period)
            ? latest.Status == MonitorStatus.NoData ? Blanks.Default ?? MonitorStatus.NoData : latest.Status
            : MonitorStatus.NoData;
        return EffectiveStatus.At(now, null, observed, [.. Overlays]);
    }

    /// <summary>The instants at which the clock alone changes what is said above, midnight among them.</summary>
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
        if (Blanks.Carries && latest is not null) yield return nextMinute;
        if (latest is { } reading && period > 0 && Freshness.Until(reading.Minute, period) >= now) yield return Freshness.Until(reading.Minute, period) + 1;
        if (Open.NextKnown(now) is { } recorded) yield return recorded;
    }
}
