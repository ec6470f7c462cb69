using CsCheck;
using Kener.Contracts;
using Kener.Incidents.Incidents;
using Kener.Incidents.Monitors;
using Kener.Incidents.Updates;
using Kener.ServiceDefaults.Errors;
using Kener.TestKit;

namespace Kener.Incidents.Tests;

/// <summary>The timeline decides state and end (Behavior: INC-1 to INC-4).</summary>
public sealed class TimelineTests
{
    private const long Start = 1_700_000_040;

    private static Incident Fresh(long? end = null)
    {
        var incident = new Incident();
        incident.SetTimes(Start, end);
        return incident;
    }

    private static Update Post(Incident incident, IncidentState state, long at = Start)
    {
        var update = incident.Post("text", state, at, 0);
        update.Id = incident.Updates.Count;
        return update;
    }

    [Fact]
    public void An_incident_without_updates_is_being_investigated() => Assert.Equal(IncidentState.Investigating, Fresh().State);

    [Fact]
    public void The_update_posted_last_decides_the_state_whatever_its_own_time()
    {
        var incident = Fresh();
        Post(incident, IncidentState.Monitoring, Start + 600);
        Post(incident, IncidentState.Identified, Start + 60);
        Assert.Equal(IncidentState.Identified, incident.State);
    }

    [Fact]
    public void Resolving_ends_the_incident_at_the_time_of_the_update()
    {
        var incident = Fresh();
        Post(incident, IncidentState.Resolved, Start + 120);
        Assert.Equal((IncidentState.Resolved, Start + 120), (incident.State, incident.End));
    }

    [Fact]
    public void Editing_the_resolving_update_moves_the_end()
    {
        var incident = Fresh();
        var resolved = Post(incident, IncidentState.Resolved, Start + 120);
        incident.Edit(resolved, new UpdateInput { Timestamp = new(Start + 300) }, 0);
        Assert.Equal(Start + 300, incident.End);
    }

    [Fact]
    public void Editing_an_older_update_changes_neither_state_nor_end()
    {
        var incident = Fresh();
        var first = Post(incident, IncidentState.Investigating);
        Post(incident, IncidentState.Monitoring);
        incident.Edit(first, new UpdateInput { State = new(IncidentState.Resolved), Timestamp = new(Start + 60) }, 0);
        Assert.Equal((IncidentState.Monitoring, null), (incident.State, incident.End));
    }

    [Theory, InlineData(nameof(UpdateStatus.Inactive)), InlineData(nameof(UpdateStatus.Deleted))]
    public void Hiding_or_deleting_the_resolving_update_reopens_the_incident(string away)
    {
        var incident = Fresh();
        Post(incident, IncidentState.Monitoring);
        var resolved = Post(incident, IncidentState.Resolved);
        incident.SetStatus(resolved, Enum.Parse<UpdateStatus>(away), 0);
        Assert.Equal((IncidentState.Monitoring, null), (incident.State, incident.End));
        incident.SetStatus(resolved, UpdateStatus.Active, 0);
        Assert.Equal((IncidentState.Resolved, Start), (incident.State, incident.End));
    }

    [Fact]
    public void An_explicit_end_is_kept_by_updates_that_do_not_resolve()
    {
        var incident = Fresh(Start + 3600);
        var update = Post(incident, IncidentState.Monitoring);
        incident.SetStatus(update, UpdateStatus.Deleted, 0);
        Assert.Equal((IncidentState.Investigating, Start + 3600), (incident.State, incident.End));
    }

    [Fact]
    public void An_end_before_the_start_is_rejected() =>
        Assert.Equal(400, Assert.Throws<Refusal>(() => Fresh(Start - 60)).Status);

    [Fact]
    public void An_update_cannot_end_the_incident_before_its_start()
    {
        var incident = Fresh();
        Assert.Equal(400, Assert.Throws<Refusal>(() => Post(incident, IncidentState.Resolved, Start - 60)).Status);
        incident = Fresh();
        Post(incident, IncidentState.Resolved, Start);
        Assert.Equal(Start, incident.End);
        Assert.Throws<Refusal>(() => incident.Edit(incident.Updates[0], new UpdateInput { Timestamp = new(Start - 60) }, 0));
        incident = Fresh();
        Post(incident, IncidentState.Identified, Start - 60);
        Assert.Throws<Refusal>(() => incident.Edit(incident.Updates[0], new UpdateInput { State = new(IncidentState.Resolved) }, 0));
    }

    [Fact]
    public void Editing_only_the_text_changes_neither_state_nor_end()
    {
        var incident = Fresh();
        var update = Post(incident, IncidentState.Resolved, Start + 60);
        incident.SetTimes(Start + 120, Start + 180);
        incident.Edit(update, new UpdateInput { Comment = new("other words") }, 0);
        Assert.Equal((IncidentState.Resolved, Start + 180), (incident.State, incident.End));
    }

    [Fact]
    public void Any_sequence_of_changes_gives_the_state_of_the_newest_active_update()
    {
        var step = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 20], Gen.Enum<IncidentState>(), Gen.Long[Start, Start + 6000]);
        step.Array[0, 40].Sample(steps =>
        {
            var incident = Fresh();
            foreach (var (verb, which, state, at) in steps) Apply(incident, verb, which, state, at);

            var last = incident.Updates.LastOrDefault(update => update.Status == UpdateStatus.Active);
            Assert.Equal(last?.State ?? IncidentState.Investigating, incident.State);
            Assert.Equal(last?.State == IncidentState.Resolved ? last.At : null, incident.End);
            Assert.Equal(incident.Updates.Count(update => update.Status == UpdateStatus.Active), incident.ToEvent().Updates.Count);
        }, iter: Scale.Of(2_000));
    }

    private static void Apply(Incident incident, int verb, int which, IncidentState state, long at)
    {
        if (verb == 0 || incident.Updates.Count == 0)
        {
            Post(incident, state, at);
            return;
        }
        var update = incident.Updates[which % incident.Updates.Count];
        if (verb == 1) incident.Edit(update, new UpdateInput { Comment = new("edited"), State = new(state), Timestamp = new(at) }, 0);
        else incident.SetStatus(update, verb == 2 ? UpdateStatus.Inactive : UpdateStatus.Deleted, 0);
    }

    [Fact]
    public void Replacing_the_monitors_removes_all_others_and_uses_the_given_order()
    {
        var monitors = Gen.Select(Gen.Long[1, 6], Gen.Int[(int)MonitorStatus.Maintenance, (int)MonitorStatus.Down].Select(impact => (MonitorStatus)impact)).Array[0, 6]
            .Select(given => given.DistinctBy(one => one.Item1).ToArray());
        Gen.Select(monitors, monitors).Sample((before, after) =>
        {
            var incident = Fresh();
            incident.SetMonitors([.. before.Select(one => (new KnownMonitor { Id = one.Item1, Tag = $"m{one.Item1}" }, one.Item2))]);
            incident.SetMonitors([.. after.Select(one => (new KnownMonitor { Id = one.Item1, Tag = $"m{one.Item1}" }, one.Item2))]);
            Assert.Equal(after.Select(one => new IncidentLink(one.Item1, one.Item2)), incident.ToEvent().Monitors);
        }, iter: Scale.Of(1_000));
    }
}
