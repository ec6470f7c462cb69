using CsCheck;
using Kener.Contracts;
using Kener.Status.Projections.Monitors;
using Kener.Status.Rendering;
using Kener.TestKit;
using Kener.Ui;

namespace Kener.Status.Tests;

/// <summary>What a page shows as a whole (Behavior: PAG-1 to PAG-4).</summary>
public sealed class PageRulesTests
{
    private const long Now = Given.Noon + 30;
    private static readonly IncidentUpdate Note = new(1, Given.Noon - 600, IncidentState.Identified, "We know.");

    [Theory]
    [InlineData("No Status Available", MonitorStatus.NoData, "----")]
    [InlineData("All Systems Operational", MonitorStatus.Up, "UUUU")]
    [InlineData("All Systems Operational", MonitorStatus.Up, "U---")]
    [InlineData("Under Maintenance", MonitorStatus.Maintenance, "MUUU")]
    [InlineData("Under Maintenance", MonitorStatus.Maintenance, "MMMM")]
    [InlineData("Partial Degraded Performance", MonitorStatus.Degraded, "GUUU")]
    [InlineData("Partial Degraded Performance", MonitorStatus.Degraded, "GGMU")]
    [InlineData("Degraded Performance", MonitorStatus.Degraded, "GGGU")]
    [InlineData("Degraded Performance", MonitorStatus.Degraded, "GGGG")]
    [InlineData("Partial System Outage", MonitorStatus.Down, "DUUU")]
    [InlineData("Partial System Outage", MonitorStatus.Down, "DDGM")]
    [InlineData("Major System Outage", MonitorStatus.Down, "DDDU")]
    [InlineData("Major System Outage", MonitorStatus.Down, "D---")]
    public void The_page_message_follows_from_the_status_of_all_monitors(string message, MonitorStatus overall, string statuses)
    {
        var view = Given.View(Now, [.. statuses.Select((status, i) => Saying(i + 1, status switch
        {
            'U' => MonitorStatus.Up,
            'M' => MonitorStatus.Maintenance,
            'G' => MonitorStatus.Degraded,
            'D' => MonitorStatus.Down,
            _ => MonitorStatus.NoData,
        }))]);
        Assert.Equal((message, overall), (view.Message, view.Overall));
    }

    [Fact]
    public void The_page_never_looks_calm_while_a_global_incident_is_open()
    {
        var view = View([Saying(1, MonitorStatus.Up)], Given.Incident(1, Given.Noon) with { IsGlobal = true, Title = "Phones are dead" });
        Assert.Equal("All Systems Operational", view.Message);
        Assert.Equal(MonitorStatus.Degraded, view.Overall);
        Assert.Equal("Phones are dead", view.GlobalIncident);
        Assert.Equal(MonitorStatus.NoData, view.Ongoing.Single().Impact);
    }

    [Fact]
    public void An_impact_of_UP_lists_the_monitor_as_affected_and_does_not_change_its_row()
    {
        var incident = Given.Incident(1, Given.Noon, null, new IncidentLink(1, MonitorStatus.Up)) with { IsGlobal = true };
        var overlays = incident.Plan().Impacts.Select(link => new Overlay(OverlayKind.Incident, incident.Start, incident.End, link.Impact)).ToArray();
        var monitor = Given.Facts(Given.Monitor(1), Now, [Given.Result(1, Given.Noon, MonitorStatus.Down)], overlays);
        var view = View([monitor], incident);
        Assert.Equal(MonitorStatus.Down, view.Monitors.Single().Now);
        Assert.Equal(MonitorStatus.Up, view.Ongoing.Single().Affected.Single().Impact);
        var calm = View([Saying(1, MonitorStatus.Up)], incident);
        Assert.Equal((MonitorStatus.Up, MonitorStatus.Degraded), (calm.Monitors.Single().Now, calm.Overall));
    }

    [Fact]
    public void Affected_monitors_are_listed_worst_first()
    {
        Assert.Empty(Given.View(Now, Saying(1, MonitorStatus.Up), Saying(2, MonitorStatus.NoData)).Affected);
        Assert.Equal(["Monitor 3", "Monitor 1", "Monitor 2"], Given.View(
            Now, Saying(1, MonitorStatus.Degraded), Saying(2, MonitorStatus.Maintenance), Saying(3, MonitorStatus.Down), Saying(4, MonitorStatus.Up)).Affected);
    }

    [Fact]
    public void A_cached_row_equals_a_newly_computed_one()
    {
        var overlay = new Overlay(OverlayKind.Incident, Now + 30, Now + 150, MonitorStatus.Down);
        MonitorFacts Made() => Given.Facts(Given.Monitor(1), Now, [Given.Result(1, Given.Noon - 60, MonitorStatus.Up, latency: 5)], overlay);
        var kept = Made();
        Gen.Select(Gen.Long[Now, Now + 400], Gen.Int[1, 3]).Array[1, 8].Sample(asked =>
        {
            foreach (var (now, days) in asked)
            {
                var (row, other) = (kept.RowAt(now, days), Made().RowAt(now, days));
                Assert.Equal(other with { Days = [] }, row with { Days = [] });
                Assert.Equal(other.Days, row.Days);
            }
        }, iter: Scale.Of(60), threads: 1);
        Assert.Same(kept.RowAt(Now, 3), kept.RowAt(Now, 3));
    }

    [Fact]
    public void A_member_is_listed_only_within_its_group_and_is_named_as_affected_instead_of_it()
    {
        var group = Saying(9, MonitorStatus.Degraded);
        group = new(group.Monitor with { Members = [new("m2", 0.5), new("m1", 0.5), new("gone", 1)] }, group.Past);
        var view = Given.View(Now, Saying(1, MonitorStatus.Up), Saying(2, MonitorStatus.Down), Saying(3, MonitorStatus.Up), group);
        Assert.Equal(["m3", "m9"], view.Monitors.Select(row => row.Tag));
        Assert.Equal(["m2", "m1"], view.Monitors[1].Members!.Select(row => row.Tag));
        Assert.Equal(["Monitor 2"], view.Affected);
        Assert.Equal("Partial System Outage", view.Message);
    }

    [Fact]
    public void Monitors_are_listed_by_id() =>
        Assert.Equal(["m1", "m2", "m3"], Given.View(Now, Saying(3, MonitorStatus.Up), Saying(1, MonitorStatus.Up), Saying(2, MonitorStatus.Up)).Monitors.Select(row => row.Tag));

    [Fact]
    public void The_incident_with_the_newest_update_is_listed_first()
    {
        var view = View([Saying(1, MonitorStatus.Up)],
            Global(1, Given.Noon - 3600) with { Updates = [Note with { At = Given.Noon }] }, Global(2, Given.Noon - 1800), Global(3, Given.Noon - 1800));
        Assert.Equal([1, 3, 2], view.Ongoing.Select(shown => shown.Incident.Id));
    }

    [Fact]
    public void An_incident_is_ongoing_from_its_start_until_its_end()
    {
        Assert.Empty(View([], Global(1, Now + 1)).Ongoing);
        Assert.Single(View([], Global(1, Now)).Ongoing);
        var ended = Global(1, Given.Noon - 100) with { End = Now };
        Assert.Empty(View([], ended).Ongoing);
        Assert.Single(View([], ended).Resolved!);
        Assert.Single(View([], ended with { End = Now + 1 }).Ongoing);
        var ahead = Global(1, Given.Noon - 100) with { State = IncidentState.Resolved, End = Now + 1, Updates = [Note] };
        Assert.Equal((1, 0), (View([], ahead).Ongoing.Count, View([], ahead).Resolved!.Count));
    }

    [Fact]
    public void At_most_five_resolved_incidents_are_listed_and_none_for_longer_than_seven_days()
    {
        var many = Enumerable.Range(1, 8).Select(i => Global(i, Given.Noon - 1000 * i) with { State = IncidentState.Resolved, End = Given.Noon }).ToArray();
        Assert.Equal([1, 2, 3, 4, 5], View([], many).Resolved!.Select(shown => shown.Incident.Id));
        var old = Global(1, Given.Noon - 9 * Given.Day) with { State = IncidentState.Resolved, End = Now - 7 * Given.Day };
        Assert.Single(View([], old).Resolved!);
        Assert.Empty(View([], old with { End = old.End - 1 }).Resolved!);
    }

    [Theory]
    [InlineData("""{"homeIncidentCount":"0","eventDisplaySettings":{"incidents":{"resolved":{"maxCount":0}}}}""", "{}")]
    [InlineData("""{"eventDisplaySettings":{"incidents":{"resolved":{"daysInPast":0}}}}""", "{}")]
    [InlineData("{}", """{"incidents":{"resolved":{"max_count":0}}}""")]
    [InlineData("{}", """{"incidents":{"resolved":{"days_in_past":0}}}""")]
    public void A_list_with_a_limit_of_zero_is_not_shown(string site, string page)
    {
        var facts = Given.Facts(Given.Page(settings: page), site, [], Global(1, Given.Noon - 100) with { End = Given.Noon });
        Assert.Null(facts.View(Now).Resolved);
        Assert.NotNull(Given.Facts([]).View(Now).Resolved);
    }

    [Fact]
    public void An_incident_is_on_pages_that_show_one_of_its_monitors_and_a_global_one_on_every_page()
    {
        var link = new IncidentLink(1, MonitorStatus.Down);
        Assert.Single(View([Saying(1, MonitorStatus.Up)], Given.Incident(1, Given.Noon, null, link)).Ongoing);
        Assert.Empty(View([Saying(2, MonitorStatus.Up)], Given.Incident(1, Given.Noon, null, link)).Ongoing);
        Assert.Single(View([Saying(2, MonitorStatus.Up)], Given.Incident(1, Given.Noon, null, link) with { IsGlobal = true }).Ongoing);
    }

    [Fact]
    public void A_monitor_that_is_not_shown_contributes_neither_its_name_nor_its_impact()
    {
        var incident = Given.Incident(1, Given.Noon, null, new IncidentLink(1, MonitorStatus.Degraded), new IncidentLink(2, MonitorStatus.Down));
        var view = View([Saying(1, MonitorStatus.Up)], incident);
        Assert.Equal([new AffectedView("m1", "Monitor 1", MonitorStatus.Degraded)], view.Ongoing.Single().Affected);
        Assert.Equal(MonitorStatus.Degraded, view.Ongoing.Single().Impact);
    }

    [Theory]
    [InlineData(true, true, false)]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    public void Only_active_monitors_that_are_not_hidden_are_visible(bool active, bool hidden, bool visible)
    {
        Assert.Equal(visible, (Given.Monitor(1) with { Active = active, Hidden = hidden }).IsVisible());
        Assert.False((Given.Monitor(1) with { Active = active, Hidden = hidden, Deleted = true }).IsVisible());
    }

    private static IncidentChanged Global(long id, long start) => Given.Incident(id, start) with { IsGlobal = true };

    private static MonitorFacts Saying(long id, MonitorStatus status) =>
        Given.Facts(Given.Monitor(id), Now, [Given.Result(id, Given.Noon, status)]);

    private static StatusPageView View(MonitorFacts[] monitors, params IncidentChanged[] incidents) =>
        Given.Facts(monitors, incidents).View(Now);
}
