using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace Kener.Contracts.Tests;

/// <summary>The effect of an incident on its monitors.</summary>
public sealed class ImpactPlanTests
{
    private static readonly Gen<IncidentChanged> Incident = Gen.Select(
        Gen.Long[0, 2], Gen.Long[0, 2].Nullable(), Gen.Bool, Gen.Select(Gen.Long[1, 2], Given.Status).Select((id, impact) => new IncidentLink(id, impact)).Array[0, 3])
        .Select((start, end, deleted, links) => new IncidentChanged { Id = 1, Version = 1, Start = start, End = end, Deleted = deleted, Monitors = links });

    [Fact]
    public void Two_versions_have_the_same_fingerprint_if_and_only_if_their_overlays_are_equal() => Gen.Select(Incident, Incident).Sample((one, other) =>
    {
        var isSame = Interval(one) == Interval(other) && Impacts(one).SequenceEqual(Impacts(other));
        Assert.Equal(isSame, one.Plan().Fingerprint() == other.Plan().Fingerprint());
    }, iter: 20_000);

    [Fact]
    public void Every_property_of_the_plan_is_in_its_fingerprint()
    {
        var plan = new ImpactPlan(60, 120, [new(1, MonitorStatus.Down)]);
        var fingerprint = JsonNode.Parse(plan.Fingerprint())!.AsObject();
        Assert.Equal(
            typeof(ImpactPlan).GetConstructors().Single().GetParameters().Select(field => JsonNamingPolicy.CamelCase.ConvertName(field.Name!)),
            fingerprint.Select(field => field.Key));
        Assert.Equal("""[{"monitorId":1,"impact":4}]""", fingerprint["impacts"]!.ToJsonString());
    }

    [Fact]
    public void A_monitor_that_is_linked_twice_gets_the_last_impact() => Incident.Sample(incident =>
        Assert.Equal(Impacts(incident), incident.Plan().Impacts));

    [Fact]
    public void An_impact_of_up_changes_no_status()
    {
        var incident = new IncidentChanged { Id = 1, Version = 1, Start = 60, Monitors = [new(1, MonitorStatus.Up), new(2, MonitorStatus.Down), new(2, MonitorStatus.Up)] };
        Assert.Empty(incident.Plan().Impacts);
        Assert.Equal((incident with { Monitors = [] }).Plan().Fingerprint(), incident.Plan().Fingerprint());
    }

    private static (long, long?) Interval(IncidentChanged incident) => incident.Deleted ? (0, 0) : (incident.Start, incident.End);

    private static IEnumerable<MonitorImpact> Impacts(IncidentChanged incident)
    {
        var over = new SortedDictionary<long, MonitorStatus>();
        foreach (var link in incident.Monitors) over[link.MonitorId] = link.Impact;
        // UP links the monitor without changing its status.
        return incident.Deleted ? [] : over.Where(pair => pair.Value > MonitorStatus.Up).Select(pair => new MonitorImpact(pair.Key, pair.Value));
    }
}
