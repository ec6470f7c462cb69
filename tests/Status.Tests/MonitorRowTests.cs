using Kener.Contracts;

namespace Kener.Status.Tests;

/// <summary>What a monitor's row on the home page shows (Behavior: STA-2, STA-5, STA-7).</summary>
public sealed class MonitorRowTests
{
    private const long Now = Given.Noon + 30;

    [Fact]
    public void A_manual_monitor_has_its_last_recorded_status_however_old() =>
        Assert.Equal(MonitorStatus.Down, NowOf(Given.Monitor(1), Given.Result(1, Given.Noon - 60 * Given.Day, MonitorStatus.Down)));

    [Fact]
    public void A_checked_monitor_has_no_data_after_three_periods_without_a_result()
    {
        var monitor = Given.Monitor(1) with { Type = "API", PeriodSeconds = 60, DefaultStatus = MonitorStatus.Up };
        var facts = Given.Facts(monitor, Given.Noon, [Given.Result(1, Given.Noon, MonitorStatus.Degraded)]);
        Assert.Equal(MonitorStatus.Degraded, facts.Past.StatusAt(Given.Noon + 180, 60));
        Assert.Equal(MonitorStatus.NoData, facts.Past.StatusAt(Given.Noon + 181, 60));
    }

    [Fact]
    public void A_monitor_that_cannot_be_checked_has_no_data_whatever_was_recorded_and_shows_the_reason()
    {
        var monitor = Given.Monitor(1) with { Type = "TCP", PeriodSeconds = 60, DefaultStatus = MonitorStatus.Up, Obstacle = CheckObstacle.NoAgent };
        var row = Given.View(Now, Given.Facts(monitor, Now, [Given.Result(1, Given.Noon, MonitorStatus.Up)])).Monitors[0];
        Assert.Equal((MonitorStatus.NoData, CheckObstacle.NoAgent), (row.Now, row.Obstacle));
        // A status that a person recorded for a monitor without a schedule still counts.
        Assert.Equal(MonitorStatus.Down, NowOf(monitor with { PeriodSeconds = 0 }, Given.Result(1, Given.Noon, MonitorStatus.Down)));
        var incident = new Overlay(OverlayKind.Incident, Given.Noon, null, MonitorStatus.Down);
        Assert.Equal(MonitorStatus.Down, Given.View(Now, Given.Facts(monitor, Now, [], incident)).Monitors[0].Now);
    }

    [Fact]
    public void A_default_status_applies_to_a_check_without_a_verdict_and_not_to_a_missing_check()
    {
        var monitor = Given.Monitor(1) with { Type = "API", PeriodSeconds = 60, DefaultStatus = MonitorStatus.Degraded };
        Assert.Equal(MonitorStatus.NoData, NowOf(monitor));
        Assert.Equal(MonitorStatus.Degraded, NowOf(monitor, Given.Result(1, Given.Noon, MonitorStatus.NoData)));
        var days = Given.View(Now, Given.Facts(monitor, Now, [Given.Result(1, Given.Noon, MonitorStatus.NoData)])).Monitors[0].Days;
        Assert.Equal(new DayCounts(0, 1, 0, 0), days[^1]);
    }

    [Fact]
    public void Without_a_default_status_a_minute_without_data_is_not_counted()
    {
        var view = Given.View(Now, Given.Facts(Given.Monitor(1), Now, [Given.Result(1, Given.Noon, MonitorStatus.NoData)]));
        Assert.Equal(("-", 0), (view.Monitors[0].Uptime, view.Monitors[0].Days[^1].Total));
        Assert.Equal("No Status Available", view.Message);
    }

    [Fact]
    public void The_last_status_is_carried_forward_only_if_the_monitor_is_set_to()
    {
        var said = Given.Result(1, Given.Noon - 2 * Given.Day, MonitorStatus.Down);
        var plain = Given.Facts(Given.Monitor(1), Now, [said]).Past.DaysAt(Now);
        var carrying = Given.Facts(Given.Monitor(1) with { CarriesForward = true }, Now, [said]).Past.DaysAt(Now);
        Assert.Equal([1, 0, 0], plain.TakeLast(3).Select(day => day.Down));
        Assert.Equal([720, 1440, 721], carrying.TakeLast(3).Select(day => day.Down));
    }

    [Fact]
    public void Today_is_counted_up_to_and_including_the_present_minute()
    {
        var facts = Given.Facts(Given.Monitor(1), Now, [Given.Result(1, Given.Midnight, MonitorStatus.Up, 1440)]);
        Assert.Equal(721, facts.Past.DaysAt(Given.Noon)[^1].Up);
        Assert.Equal(721, facts.Past.DaysAt(Given.Noon + 59)[^1].Up);
        Assert.Equal(722, facts.Past.DaysAt(Given.Noon + 60)[^1].Up);
        Assert.Equal(1440, facts.Past.DaysAt(Given.Midnight + Given.Day - 1)[^1].Up);
    }

    [Fact]
    public void The_last_of_ninety_days_is_today()
    {
        ResultRun[] results = [Given.Result(1, Given.Midnight - 89 * Given.Day, MonitorStatus.Up), Given.Result(1, Given.Midnight - 90 * Given.Day, MonitorStatus.Down)];
        var days = Given.Facts(Given.Monitor(1), Now, results).Past.DaysAt(Now);
        Assert.Equal(90, days.Count);
        Assert.Equal(new DayCounts(1, 0, 0, 0), days[0]);
        Assert.All(days.Skip(1), day => Assert.Equal(0, day.Total));
    }

    [Fact]
    public void A_result_in_the_future_counts_from_its_minute_on()
    {
        var facts = Given.Facts(Given.Monitor(1), Now, [Given.Result(1, Given.Noon, MonitorStatus.Up), Given.Result(1, Given.Noon + 120, MonitorStatus.Down)]);
        Assert.Equal(MonitorStatus.Up, facts.Past.StatusAt(Given.Noon + 119, 0));
        Assert.Equal(MonitorStatus.Down, facts.Past.StatusAt(Given.Noon + 120, 0));
        Assert.Equal(Given.Noon, Given.View(Now, facts).LastReadingAt);
    }

    [Fact]
    public void An_incident_replaces_the_observed_status_better_or_worse_from_its_first_second()
    {
        ResultRun[] down = [Given.Result(1, Given.Midnight, MonitorStatus.Down, 721)];
        var over = new Overlay(OverlayKind.Incident, Given.Noon + 20, null, MonitorStatus.Degraded);
        var facts = Given.Facts(Given.Monitor(1), Now, down, over);
        Assert.Equal(MonitorStatus.Down, facts.Past.StatusAt(Given.Noon + 19, 0));
        Assert.Equal(MonitorStatus.Degraded, facts.Past.StatusAt(Given.Noon + 20, 0));
        // The first second of this minute is not covered; the next minute is, although nothing was observed in it.
        Assert.Equal((721, 0), Counts(facts.Past.DaysAt(Given.Noon + 59)[^1]));
        Assert.Equal((721, 1), Counts(facts.Past.DaysAt(Given.Noon + 60)[^1]));
    }

    [Fact]
    public void Maintenance_overrides_incidents_but_never_hides_DOWN()
    {
        var work = new Overlay(OverlayKind.Maintenance, Given.Noon, null, MonitorStatus.Maintenance);
        Assert.Equal(MonitorStatus.Maintenance, With(work, new Overlay(OverlayKind.Incident, Given.Noon, null, MonitorStatus.Degraded)));
        Assert.Equal(MonitorStatus.Down, With(work, new Overlay(OverlayKind.Incident, Given.Noon, null, MonitorStatus.Down)));

        static MonitorStatus With(params Overlay[] overlays) => Given.Facts(Given.Monitor(1), Now, [], overlays).Past.StatusAt(Now, 0);
    }

    [Fact]
    public void Uptime_uses_the_monitors_own_formula()
    {
        ResultRun[] results = [Given.Result(1, Given.Midnight, MonitorStatus.Up, 3), Given.Result(1, Given.Midnight + 180, MonitorStatus.Degraded)];
        Assert.Equal("100", Given.View(Now, Given.Facts(Given.Monitor(1), Now, results)).Monitors[0].Uptime);
        Assert.Equal("75", Given.View(Now, Given.Facts(Given.Monitor(1) with { UptimeNumerator = "up" }, Now, results)).Monitors[0].Uptime);
    }

    private static MonitorStatus NowOf(MonitorChanged monitor, params ResultRun[] results) =>
        Given.View(Now, Given.Facts(monitor, Now, results)).Monitors[0].Now;

    private static (int Down, int Degraded) Counts(DayCounts day) => (day.Down, day.Degraded);
}
