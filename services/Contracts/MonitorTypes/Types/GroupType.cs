namespace Kener.Contracts;

/// <summary>GROUP: derives its status from other monitors.</summary>
public static class GroupType
{
#pragma warning disable CS1591 // The properties are named as in JSON.
    public static TextField MemberTag { get; } = new("tag") { IsRequired = true };
    // Large enough for any sensible weight, and small enough that the sum of all weights is finite.
    public static NumberField MemberWeight { get; } = new("weight", 1, 0, 1e9);
    public static ObjectsField Monitors { get; } = new("monitors", MemberTag, MemberWeight) { IsRequired = true, Most = 500 };
    public static WholeField ExecutionDelay { get; } = new("executionDelay", 1_000, 1_000, 86_400_000);
    public static ChoiceField LatencyCalculation { get; } = new("latencyCalculation", "AVG", "AVG", "MAX", "MIN");
#pragma warning restore CS1591

    /// <summary>The descriptor.</summary>
    public static MonitorType Descriptor { get; } = new(
        MonitorTypes.Group, CheckedBy.Clock, [Monitors, ExecutionDelay, LatencyCalculation],
        """{ "monitors": [{ "tag": "web", "weight": 0.7 }, { "tag": "pay", "weight": 0.3 }], "executionDelay": 1000, "latencyCalculation": "AVG" }""");
}
