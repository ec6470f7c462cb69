using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kener.Contracts;

/// <summary>
/// <c>GET /api/agent/v1/assignment?agent=NAME&amp;types=API,TCP&amp;version=V</c>: what this agent is to check, of the types that it
/// knows (API where it does not say). With the version that it has already, the answer
/// waits up to 25 seconds for another one; 204 where there is none.
/// </summary>
/// <param name="Version">Opaque; another one whenever the list is another.</param>
/// <param name="Monitors">All that this agent checks, in no promised order.</param>
public sealed record Assignment(string Version, IReadOnlyList<AssignedMonitor> Monitors);

/// <summary>A monitor that an agent checks: active, with a cron, of a type that agents know.</summary>
/// <param name="Id">The monitor's id.</param>
/// <param name="Tag">Its tag, for the offset in the minute and for logs.</param>
/// <param name="Version">Grows with each change of the monitor: a new one is checked at once.</param>
/// <param name="Type">A monitor's type, such as API.</param>
/// <param name="Cron">5 fields, or 6 with seconds first, in UTC.</param>
/// <param name="TypeData">What the type needs, as the operator gave it. May hold secrets: never in a log.</param>
public sealed record AssignedMonitor(long Id, string Tag, long Version, string Type, string Cron, JsonElement TypeData);

/// <summary><c>POST /api/agent/v1/results</c>: up to 1,000 results, in any order; sending them again changes nothing.</summary>
/// <param name="Agent">The agent's name: letters, digits, '-', '_' and '.', up to 100.</param>
/// <param name="Results">1 to 1,000.</param>
public sealed record CheckReport(string Agent, IReadOnlyList<CheckResult> Results);

/// <summary>What one check saw.</summary>
/// <param name="MonitorId">The monitor's id. One that is gone meanwhile is passed over.</param>
/// <param name="Minute">Unix seconds, a whole minute, not in the future.</param>
/// <param name="Status">UP, DOWN, DEGRADED, MAINTENANCE or NO_DATA.</param>
/// <param name="Latency">Milliseconds, finite, not negative.</param>
/// <param name="Type">REALTIME, TIMEOUT or ERROR (Behavior: CHK-6).</param>
/// <param name="Message">What went wrong, up to 500 characters; null where nothing did.</param>
public sealed record CheckResult(long MonitorId, long Minute, string Status, double Latency, string Type, string? Message = null);

/// <summary>200: all that was reported is stored for good, or passed over because its monitor is gone or a person had the last word.</summary>
/// <param name="Stored">Results that changed something.</param>
/// <param name="Passed">Those that did not: known already, of a monitor that is gone, or corrected by a person.</param>
public sealed record CheckReceipt(int Stored, int Passed);

/// <summary>The agents' JSON, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(CheckReceipt))]
public sealed partial class AgentJson : JsonSerializerContext;
