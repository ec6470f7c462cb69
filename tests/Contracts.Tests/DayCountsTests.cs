using CsCheck;
using Kener.TestKit;

namespace Kener.Contracts.Tests;

/// <summary>The counts of a day (Behavior: UPT-2, UPT-6).</summary>
public sealed class DayCountsTests
{
    private const int Minutes = 120;

    private static readonly Gen<(MonitorStatus[] Observed, double[] Latency, MonitorStatus? ByDefault, Overlay[] Overlays)> Day = Gen.Select(
        Given.Status.Array[Minutes],
        Gen.Frequency((1, Gen.Const(0d)), (3, Gen.Int[1, 5000].Select(number => number / 4d))).Array[Minutes],
        Given.Status.Nullable(),
        Given.OverlayBetween(Gen.Long[-600, Minutes * 60 + 600]).Array[0, 4]);

    [Fact]
    public void A_day_is_the_sum_of_its_parts_wherever_it_is_cut() => Gen.Select(Day, Gen.Int[0, Minutes]).Sample((day, cut) =>
    {
        var (observed, latency, byDefault, overlays) = day;
        var whole = DayCounts.Of(0, Minutes * 60, observed, latency, byDefault, overlays);
        var first = DayCounts.Of(0, cut * 60, observed.AsSpan(..cut), latency.AsSpan(..cut), byDefault, overlays);
        var second = DayCounts.Of(cut * 60, Minutes * 60, observed.AsSpan(cut..), latency.AsSpan(cut..), byDefault, overlays);
        // Quarters of milliseconds add up exactly.
        return whole == first + second && whole == second + first;
    }, iter: Scale.Of(3_000));

    [Fact]
    public void Every_minute_counts_once_by_its_effective_status() => Day.Sample(day =>
    {
        var (observed, latency, byDefault, overlays) = day;
        var counts = DayCounts.Of(0, Minutes * 60, observed, latency, byDefault, overlays);
        var effective = observed.Select((status, i) => EffectiveStatus.At(i * 60, byDefault, status, overlays)).ToList();
        var measured = latency.Where(ms => ms > 0).ToList();
        return counts.Up == effective.Count(status => status == MonitorStatus.Up)
            && counts.Degraded == effective.Count(status => status == MonitorStatus.Degraded)
            && counts.Down == effective.Count(status => status == MonitorStatus.Down)
            && counts.Maintenance == effective.Count(status => status == MonitorStatus.Maintenance)
            && counts.Worst == effective.Max()
            && counts.LatencyCount == measured.Count
            && counts.LatencySum == measured.Sum()
            && counts.LatencyMin == measured.DefaultIfEmpty().Min()
            && counts.LatencyMax == measured.DefaultIfEmpty().Max();
    }, iter: Scale.Of(3_000));

    [Fact]
    public void Adding_an_empty_day_changes_nothing() => Day.Sample(day =>
    {
        var counts = DayCounts.Of(0, Minutes * 60, day.Observed, day.Latency, day.ByDefault, day.Overlays);
        return counts + default(DayCounts) == counts && default(DayCounts) + counts == counts && DayCounts.Add(counts, default) == counts;
    }, iter: Scale.Of(1_000));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    [InlineData(0)]
    public void An_invalid_latency_is_not_counted(double latency) =>
        Assert.Equal(new DayCounts(1, 0, 0, 0), DayCounts.Of(0, 60, [MonitorStatus.Up], [latency], null, []));

    [Fact]
    public void A_minute_without_data_is_not_counted() =>
        Assert.Equal(0, DayCounts.Of(0, 120, [MonitorStatus.NoData, MonitorStatus.NoData], [0, 0], null, []).Total);

    [Fact]
    public void A_minute_with_an_overlay_counts_even_without_a_result() =>
        Assert.Equal(new DayCounts(0, 0, 1, 0), DayCounts.Of(0, 120, [MonitorStatus.NoData, MonitorStatus.NoData], [0, 0], null,
            [new(OverlayKind.Incident, 30, null, MonitorStatus.Down)]));
}
