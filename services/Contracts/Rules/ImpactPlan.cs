using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kener.Contracts;

/// <summary>The impact that an incident or a maintenance has on a monitor while it lasts.</summary>
public readonly record struct MonitorImpact(long MonitorId, MonitorStatus Impact);

/// <summary>
/// What an incident or an occurrence of a maintenance means for monitors: the interval [<paramref name="Start"/>, <paramref name="End"/>) in Unix
/// seconds, no end meaning open, and its impacts. All overlays are made from it, so whatever is to change a monitor's status has to be a field of it.
/// </summary>
public sealed record ImpactPlan(long Start, long? End, IReadOnlyList<MonitorImpact> Impacts)
{
    /// <summary>A plan without a monitor: of a source that was deleted.</summary>
    public static ImpactPlan None { get; } = new(0, 0, []);

    /// <summary>
    /// A plan with each monitor once, by id: of several impacts on one monitor the last counts, and Up changes no status.
    /// </summary>
    public static ImpactPlan Of(long start, long? end, IEnumerable<MonitorImpact> impacts) =>
        new(start, end, [.. impacts.GroupBy(impact => impact.MonitorId).Select(own => own.Last()).Where(impact => impact.Impact > MonitorStatus.Up).OrderBy(impact => impact.MonitorId)]);

    /// <summary>Equal for plans that lead to equal overlays. It is this record as JSON, so that a field that is added later cannot be forgotten.</summary>
    public string Fingerprint() => JsonSerializer.Serialize(this, ImpactPlanJson.Default.ImpactPlan);
}

// The gateway, which is compiled ahead, has this assembly too.
[JsonSerializable(typeof(ImpactPlan))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class ImpactPlanJson : JsonSerializerContext;
