using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kener.Contracts;

/// <summary>The impact that an incident or a maintenance has on a monitor while it lasts.</summary>
public readonly record struct MonitorImpact(long MonitorId, MonitorStatus Impact);

/// <summary>
/// The effect of an incident or an occurrence of a maintenance on monitors: its impacts in the interval [<paramref name="Start"/>,
/// <paramref name="End"/>) in Unix seconds, open if there is no end. All overlays are built from it, so whatever changes a monitor's status must
/// be a property here.
/// </summary>
public sealed record ImpactPlan(long Start, long? End, IReadOnlyList<MonitorImpact> Impacts)
{
    /// <summary>The plan of a deleted incident or maintenance: no monitors.</summary>
    public static ImpactPlan None { get; } = new(0, 0, []);

    /// <summary>
    /// Creates a plan with each monitor once, ordered by id. The last of several impacts on a monitor counts; an impact of Up is left out.
    /// </summary>
    public static ImpactPlan Of(long start, long? end, IEnumerable<MonitorImpact> impacts) =>
        new(start, end, [.. impacts.GroupBy(impact => impact.MonitorId).Select(own => own.Last()).Where(impact => impact.Impact > MonitorStatus.Up).OrderBy(impact => impact.MonitorId)]);

    /// <summary>
    /// Returns a text that is equal for plans with equal overlays. It is this record as JSON, so a property that is added later is included.
    /// </summary>
    public string Fingerprint() => JsonSerializer.Serialize(this, ImpactPlanJson.Default.ImpactPlan);
}

// Source-generated because the gateway, which is compiled ahead of time, references this assembly too.
[JsonSerializable(typeof(ImpactPlan))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
internal sealed partial class ImpactPlanJson : JsonSerializerContext;
