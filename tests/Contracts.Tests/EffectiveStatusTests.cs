using CsCheck;
using Kener.TestKit;

namespace Kener.Contracts.Tests;

/// <summary>The effective status from default status, observed status, incidents and maintenances (Behavior: STA-2, OVL-1 to OVL-5).</summary>
public sealed class EffectiveStatusTests
{
    private static readonly MonitorStatus[] ByPrecedence = [MonitorStatus.Down, MonitorStatus.Degraded, MonitorStatus.Maintenance, MonitorStatus.Up];

    [Fact]
    public void The_rule_agrees_with_a_naive_implementation() =>
        Gen.Select(Gen.Long[-5, 15], Given.Status.Nullable(), Given.Status, Given.Overlay.Array[0, 6])
            .Sample((instant, byDefault, observed, overlays) =>
                EffectiveStatus.At(instant, byDefault, observed, overlays) == Naive(instant, byDefault, observed, overlays), iter: Scale.Of(200_000));

    [Fact]
    public void The_order_of_overlays_does_not_matter() =>
        Gen.Select(Gen.Long[-5, 15], Given.Status, Given.Overlay.Array[0, 6], Gen.Int).Sample((instant, observed, overlays, seed) =>
        {
            var shuffled = overlays.ToArray();
            new Random(seed).Shuffle(shuffled);
            return EffectiveStatus.At(instant, null, observed, overlays) == EffectiveStatus.At(instant, null, observed, shuffled);
        }, iter: Scale.Of(20_000));

    [Fact]
    public void A_duplicate_overlay_changes_nothing() =>
        Gen.Select(Gen.Long[-5, 15], Given.Status, Given.Overlay.Array[0, 6]).Sample((instant, observed, overlays) =>
            EffectiveStatus.At(instant, null, observed, overlays) == EffectiveStatus.At(instant, null, observed, [.. overlays, .. overlays]),
            iter: Scale.Of(20_000));

    [Fact]
    public void An_incident_with_the_impact_down_is_never_hidden() =>
        Gen.Select(Gen.Long[-5, 15], Given.Status, Given.Overlay.Array[0, 6]).Sample((instant, observed, overlays) =>
            EffectiveStatus.At(instant, null, observed, [.. overlays, new(OverlayKind.Incident, instant, null, MonitorStatus.Down)]) == MonitorStatus.Down,
            iter: Scale.Of(20_000));

    [Fact]
    public void An_overlay_that_does_not_cover_the_instant_changes_nothing() =>
        Gen.Select(Gen.Long[-5, 15], Given.Status, Given.Overlay.Array[0, 6], Given.Overlay).Sample((instant, observed, overlays, other) =>
            other.Covers(instant)
            || EffectiveStatus.At(instant, null, observed, overlays) == EffectiveStatus.At(instant, null, observed, [.. overlays, other]),
            iter: Scale.Of(20_000));

    [Theory]
    [InlineData(null, MonitorStatus.NoData, MonitorStatus.NoData)]
    [InlineData(MonitorStatus.Up, MonitorStatus.NoData, MonitorStatus.Up)]
    [InlineData(MonitorStatus.Up, MonitorStatus.Down, MonitorStatus.Down)]
    [InlineData(MonitorStatus.Down, MonitorStatus.Up, MonitorStatus.Up)]
    public void A_default_status_applies_only_without_an_observed_status(MonitorStatus? byDefault, MonitorStatus observed, MonitorStatus expected) =>
        Assert.Equal(expected, EffectiveStatus.At(0, byDefault, observed, []));

    [Theory]
    [InlineData(MonitorStatus.Down, MonitorStatus.Up, MonitorStatus.Down)]
    [InlineData(MonitorStatus.Down, MonitorStatus.Maintenance, MonitorStatus.Down)]
    [InlineData(MonitorStatus.Degraded, MonitorStatus.Up, MonitorStatus.Up)]
    [InlineData(MonitorStatus.Degraded, MonitorStatus.Maintenance, MonitorStatus.Maintenance)]
    [InlineData(MonitorStatus.Maintenance, MonitorStatus.Down, MonitorStatus.Down)]
    public void A_maintenance_takes_precedence_over_an_incident_unless_its_impact_is_down(MonitorStatus incident, MonitorStatus maintenance, MonitorStatus expected) =>
        Assert.Equal(expected, EffectiveStatus.At(0, null, MonitorStatus.Up,
            [new(OverlayKind.Incident, 0, null, incident), new(OverlayKind.Maintenance, 0, null, maintenance)]));

    [Fact]
    public void An_overlay_may_improve_the_observed_status() =>
        Assert.Equal(MonitorStatus.Up, EffectiveStatus.At(0, null, MonitorStatus.Down, [new(OverlayKind.Maintenance, 0, 1, MonitorStatus.Up)]));

    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    [InlineData(199, true)]
    [InlineData(200, false)]
    public void An_overlay_covers_its_start_and_not_its_end(long instant, bool covered) =>
        Assert.Equal(covered, new Overlay(OverlayKind.Incident, 100, 200, MonitorStatus.Down).Covers(instant));

    [Fact]
    public void An_open_overlay_never_ends() =>
        Assert.True(new Overlay(OverlayKind.Incident, 100, null, MonitorStatus.Down).Covers(long.MaxValue));

    [Fact]
    public void Touching_a_range_means_covering_one_of_its_instants() =>
        Gen.Select(Given.Overlay, Gen.Long[-5, 15], Gen.Long[-5, 15]).Sample((overlay, from, to) =>
            overlay.Touches(from, to) == Instants(from, to).Any(overlay.Covers), iter: Scale.Of(50_000));

    private static IEnumerable<long> Instants(long from, long to)
    {
        for (var at = from; at < to; at++) yield return at;
    }

    private static MonitorStatus Naive(long instant, MonitorStatus? byDefault, MonitorStatus observed, Overlay[] overlays)
    {
        var now = overlays.Where(overlay => overlay.Start <= instant && (overlay.End == null || instant < overlay.End)).ToList();
        var incidents = now.Where(overlay => overlay.Kind == OverlayKind.Incident).Select(overlay => overlay.Impact).ToHashSet();
        var maintenances = now.Where(overlay => overlay.Kind == OverlayKind.Maintenance).Select(overlay => overlay.Impact).ToHashSet();
        if (incidents.Contains(MonitorStatus.Down)) return MonitorStatus.Down;
        if (maintenances.Count > 0) return ByPrecedence.First(maintenances.Contains);
        if (incidents.Count > 0) return ByPrecedence.First(incidents.Contains);
        if (observed != MonitorStatus.NoData) return observed;
        return byDefault ?? MonitorStatus.NoData;
    }
}
