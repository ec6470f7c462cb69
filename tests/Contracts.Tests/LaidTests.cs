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

    private static IEnumerable<(long, MonitorStatus)> Over(IncidentChanged incident)
    {
        var over = new SortedDictionary<long, MonitorStatus>();
        foreach (var link in incident.Monitors) over[link.MonitorId] = link.Impact;
        return incident.Deleted ? [] : over.Select(pair => (pair.Key, pair.Value));
    }
}
