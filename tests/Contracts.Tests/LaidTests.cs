using CsCheck;

namespace Kener.Contracts.Tests;

/// <summary>What an incident lays over its monitors, as text (spec/decisions 3a).</summary>
public sealed class LaidTests
{
    private static readonly Gen<IncidentChanged> Incident = Gen.Select(
        Gen.Long[0, 2], Gen.Long[0, 2].Nullable(), Gen.Bool, Gen.Select(Gen.Long[1, 2], Given.Status).Select((id, impact) => new IncidentLink(id, impact)).Array[0, 3])
        .Select((start, end, deleted, links) => new IncidentChanged { Id = 1, Version = 1, Start = start, End = end, Deleted = deleted, Monitors = links });

    [Fact]
    public void Two_versions_have_the_same_text_exactly_when_no_monitor_changes_between_them() => Gen.Select(Incident, Incident).Sample((one, other) =>
    {
        var isSame = one is { Deleted: false } && other is { Deleted: false } && one.Start == other.Start && one.End == other.End && Over(one).SequenceEqual(Over(other));
        // None is no text: nobody may take it for the same as another.
        Assert.Equal(isSame, one.Laid() is { } text && text == other.Laid());
    }, iter: 20_000);

    [Fact]
    public void A_monitor_that_is_linked_twice_takes_the_last_impact() => Incident.Sample(incident =>
        Assert.Equal(Over(incident), incident.Impacts().Select(link => (link.MonitorId, link.Impact))));

    [Fact]
    public void An_impact_of_up_lays_nothing_over_the_monitor()
    {
        var incident = new IncidentChanged { Id = 1, Version = 1, Start = 60, Monitors = [new(1, MonitorStatus.Up), new(2, MonitorStatus.Down), new(2, MonitorStatus.Up)] };
        Assert.Empty(incident.Impacts());
        Assert.Equal((incident with { Monitors = [] }).Laid(), incident.Laid());
    }

    private static IEnumerable<(long, MonitorStatus)> Over(IncidentChanged incident)
    {
        var over = new SortedDictionary<long, MonitorStatus>();
        foreach (var link in incident.Monitors) over[link.MonitorId] = link.Impact;
        // UP links the monitor and changes nothing of it.
        return incident.Deleted ? [] : over.Where(pair => pair.Value > MonitorStatus.Up).Select(pair => (pair.Key, pair.Value));
    }
}
