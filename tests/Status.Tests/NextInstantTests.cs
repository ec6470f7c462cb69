using CsCheck;
using Kener.Contracts;
using Kener.TestKit;

namespace Kener.Status.Tests;

/// <summary>The next instant at which the clock alone changes a page (Behavior: PAG-15).</summary>
public sealed class NextInstantTests
{
    private static readonly Gen<MonitorStatus> Status = Gen.Int[0, 4].Select(status => (MonitorStatus)status);
    private static readonly Gen<MonitorStatus> Impact = Gen.Int[1, 4].Select(status => (MonitorStatus)status);

    // Near the present and near midnights.
    private static readonly Gen<long> Instant =
        Gen.OneOf(Gen.Long[-400, 400], Gen.Long[-8 * Given.Day, Given.Day], Gen.Const(12 * 3600L), Gen.Const(12 * 3600L - 1), Gen.Const(-7 * Given.Day))
            .Select(shift => Given.Noon + shift);

    private static readonly Gen<Overlay> Overlay = Gen.Select(Gen.Bool, Instant, Instant, Gen.Bool, Impact).Select((isIncident, start, end, isOpen, impact) =>
        new Overlay(isIncident ? OverlayKind.Incident : OverlayKind.Maintenance, start, isOpen ? null : Math.Max(start, end), impact));

    private static readonly Gen<ResultRun> Result = Gen.Select(Instant, Gen.Int[1, 30], Status, Gen.Int[1, 3]).Select((minute, count, status, version) =>
        Given.Result(1, Minutes.Floor(minute), status, count, version));

    private static readonly Gen<MonitorChanged> Monitor = Gen.Select(Gen.Int[0, 2], Gen.Bool, Gen.Bool).Select((period, carries, hasDefault) => Given.Monitor(1) with
    {
        Type = period == 0 ? "NONE" : "API",
        PeriodSeconds = period * 60,
        CarriesForward = carries && period == 0,
        DefaultStatus = hasDefault && period > 0 ? MonitorStatus.Degraded : null,
    });

    // Includes ends before the start, and times beyond the range of calendars.
    private static readonly Gen<long> AnyTime = Gen.Frequency((8, Instant), (1, Gen.OneOf(Gen.Const(long.MinValue), Gen.Const(0L), Gen.Const(253_402_300_799), Gen.Const(long.MaxValue))));

    private static readonly Gen<IncidentChanged> Incident = Gen.Select(AnyTime, AnyTime, Gen.Bool, Gen.Int[0, 3], AnyTime).Select((start, end, isOpen, state, said) =>
        Given.Incident(1, start, null, new IncidentLink(1, MonitorStatus.Down)) with
        {
            End = isOpen ? null : end,
            State = (IncidentState)state,
            IsGlobal = true,
            Updates = [new IncidentUpdate(1, said, IncidentState.Monitoring, "text")],
        });

    [Fact]
    public void The_page_does_not_change_before_the_next_instant() =>
        Gen.Select(Instant, Monitor, Result.Array[0, 6], Overlay.Array[0, 3], Incident.Array[0, 2]).Sample((now, monitor, results, overlays, incidents) =>
        {
            var facts = Given.Facts([Given.Facts(monitor, now, results, overlays)], incidents);
            var next = facts.NextInstant(now);
            Assert.InRange(next, now + 1, (Minutes.DayOf(now) + 1) * Given.Day);
            var said = facts.View(now).Text();
            for (var later = now + 1; later < Math.Min(next, now + 130); later += 7) Assert.Equal(said, facts.View(later).Text());
            Assert.Equal(said, facts.View((now + next) / 2).Text());
            Assert.Equal(said, facts.View(next - 1).Text());
        }, iter: Scale.Of(200));

    [Fact]
    public void Lists_banner_and_overlay_follow_the_interval_whatever_the_state() =>
        Gen.Select(Instant, Incident).Sample((now, incident) =>
        {
            var overlay = new Overlay(OverlayKind.Incident, incident.Start, incident.End, MonitorStatus.Down);
            var facts = Given.Facts([Given.Facts(Given.Monitor(1), now, [], overlay)], incident);
            foreach (var instant in (long[])[now, facts.NextInstant(now) - 1, facts.NextInstant(now)])
            {
                var view = facts.View(instant);
                var isOpen = overlay.Covers(instant);
                Assert.Equal((isOpen ? 1 : 0, isOpen ? MonitorStatus.Down : MonitorStatus.NoData), (view.Ongoing.Count, view.Monitors[0].Now));
                Assert.Equal((isOpen ? incident.Title : null, isOpen), (view.GlobalIncident, view.Overall == MonitorStatus.Down));
                var isOver = incident.Start <= instant && incident.End is { } end && end <= instant && end >= instant - (7 * Given.Day);
                Assert.Equal(isOver ? 1 : 0, view.Resolved!.Count);
            }
        }, iter: Scale.Of(500));

    [Fact]
    public void Without_any_other_cause_the_next_instant_is_midnight() => Assert.Equal(
        Given.Midnight + Given.Day,
        Given.Facts([Given.Facts(Given.Monitor(1), Given.Noon, [Given.Result(1, Given.Noon, MonitorStatus.Up)])]).NextInstant(Given.Noon));

    [Fact]
    public void With_an_open_incident_the_next_instant_is_the_next_minute() => Assert.Equal(
        Given.Noon + 60,
        Given.Facts([Given.Facts(Given.Monitor(1), Given.Noon, [], new Overlay(OverlayKind.Incident, Given.Noon - 5, null, MonitorStatus.Down))])
            .NextInstant(Given.Noon + 7));
}
