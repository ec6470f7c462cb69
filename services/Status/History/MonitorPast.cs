using Kener.Contracts;

namespace Kener.Status.History;

/// <summary>What a minute without a result of its own counts as.</summary>
/// <param name="Default">Where a check was recorded that yielded nothing (spec/decisions 16).</param>
/// <param name="Carries">Where nothing was recorded: what was recorded last.</param>
internal readonly record struct Blanks(MonitorStatus? Default, bool Carries)
{
    public static Blanks Of(MonitorChanged monitor) => new(monitor.DefaultStatus, monitor.CarriesForward && monitor.Type == "NONE");
}

/// <summary>A reading that counts as a monitor's newest.</summary>
internal readonly record struct Observed(long Minute, MonitorStatus Status);

/// <summary>
/// A monitor's last 90 days, as far as the clock does not change them: closed days are counted, today is as it was recorded. Immutable.
/// </summary>
internal sealed record MonitorPast
{
    /// <summary>Days on a page, today among them.</summary>
    public const int Days = 90;

    /// <summary>The history's version at which this was read.</summary>
    public long Version { get; init; }
    public Blanks Blanks { get; init; }
    /// <summary>The day of UTC, since 1970-01-01.</summary>
    public required int Today { get; init; }
    /// <summary>The 89 days before today, oldest first.</summary>
    public IReadOnlyList<DayCounts> Closed { get; init; } = new DayCounts[Days - 1];
    public DayRow TodayRow { get; init; } = new();
    /// <summary>The newest reading before today, if today has none.</summary>
    public Observed? Before { get; init; }
    public IReadOnlyList<Overlay> Overlays { get; init; } = [];

    /// <summary>90 days, the last one today up to and with the present minute.</summary>
    public IReadOnlyList<DayCounts> DaysAt(long now)
    {
        var minutes = MinuteOfToday(now) + 1;
        return [.. Closed, ObservedDay.Count(TodayRow, Today, minutes, Blanks, Before?.Status, [.. Overlays])];
    }

    /// <summary>The newest reading that is not of the future.</summary>
    public Observed? LatestAt(long now)
    {
        var minute = TodayRow.LastKnown(MinuteOfToday(now));
        return minute < 0 ? Before : new Observed(Today * Minutes.Day + minute * 60L, TodayRow.StatusAt(minute));
    }

    /// <summary>What the monitor is at this second (spec/decisions 3a, 16). <paramref name="period"/>: seconds between its checks, 0 for none.</summary>
    public MonitorStatus StatusAt(long now, int period)
    {
        var observed = LatestAt(now) is { } latest && now <= FreshUntil(latest, period)
            ? latest.Status == MonitorStatus.NoData ? Blanks.Default ?? MonitorStatus.NoData : latest.Status
            : MonitorStatus.NoData;
        return EffectiveStatus.At(now, null, observed, [.. Overlays]);
    }

    /// <summary>The next instant at which the clock alone changes what is said above; midnight aside.</summary>
    public IEnumerable<long> InstantsAfter(long now, int period)
    {
        var nextMinute = Minutes.Floor(now) + 60;
        foreach (var overlay in Overlays)
        {
            if (overlay.Covers(nextMinute)) yield return nextMinute;
            if (overlay.Start > now) yield return overlay.Start;
            if (overlay.End is { } end && end > now) yield return end;
        }
        var latest = LatestAt(now);
        if (Blanks.Carries && latest is not null) yield return nextMinute;
        if (latest is { } reading && period > 0 && FreshUntil(reading, period) >= now) yield return FreshUntil(reading, period) + 1;
        var recorded = TodayRow.NextKnown(MinuteOfToday(now));
        if (recorded >= 0) yield return Today * Minutes.Day + recorded * 60L;
    }

    private int MinuteOfToday(long now) => (int)Math.Clamp((now - Today * Minutes.Day) / 60, 0, DayRow.Minutes - 1);

    private static long FreshUntil(Observed reading, int period) => period > 0 ? reading.Minute + 3L * period : long.MaxValue;
}

/// <summary>A day's counts from what was observed in it.</summary>
internal static class ObservedDay
{
    /// <summary>
    /// Counts the first <paramref name="minutes"/> minutes of the day. <paramref name="carried"/> is what was recorded last before it.
    /// </summary>
    public static DayCounts Count(DayRow row, int day, int minutes, Blanks blanks, MonitorStatus? carried, ReadOnlySpan<Overlay> overlays)
    {
        Span<MonitorStatus> observed = stackalloc MonitorStatus[DayRow.Minutes];
        Span<double> latency = stackalloc double[DayRow.Minutes];
        for (var minute = 0; minute < minutes; minute++)
        {
            var status = row.StatusAt(minute);
            if (row.Knows(minute)) carried = status;
            observed[minute] = row.Knows(minute)
                ? status == MonitorStatus.NoData ? blanks.Default ?? MonitorStatus.NoData : status
                : blanks.Carries ? carried ?? MonitorStatus.NoData : MonitorStatus.NoData;
            latency[minute] = row.LatencyAt(minute);
        }
        var from = day * Minutes.Day;
        return DayCounts.Of(from, from + minutes * 60L, observed, latency, null, overlays);
    }
}
