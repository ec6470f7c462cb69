using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kener.Contracts;

/// <summary>
/// The answer to <c>GET /api/agent/v1/assignment?agent=NAME&amp;types=API,TCP&amp;version=V</c>: the monitors that this agent checks, of the
/// types that it reported as known (API if it reported none). If the request has the current version, the answer waits up to 25 seconds for
/// a different one; 204 if there is none by then.
/// </summary>
/// <param name="Version">Opaque; it differs whenever the list differs.</param>
/// <param name="Monitors">All monitors that this agent checks, in no guaranteed order.</param>
public sealed record Assignment(string Version, IReadOnlyList<AssignedMonitor> Monitors);

/// <summary>A monitor that an agent checks: active, with a cron, of a type that agents know.</summary>
/// <param name="Id">The monitor's id.</param>
/// <param name="Tag">The monitor's tag: sets the offset of its checks within the minute, and identifies it in logs.</param>
/// <param name="Version">Increases with each change of the monitor. A monitor with a new version is checked at once.</param>
/// <param name="Type">A monitor's type, such as API.</param>
/// <param name="Cron">5 fields, or 6 with seconds first, in UTC.</param>
/// <param name="TypeData">The monitor's <c>type_data</c>, as the operator entered it. May contain secrets: never log it.</param>
public sealed record AssignedMonitor(long Id, string Tag, long Version, string Type, string Cron, JsonElement TypeData);

/// <summary>The body of <c>POST /api/agent/v1/results</c>: up to 1,000 results, in any order. Sending them again changes nothing.</summary>
/// <param name="Agent">The agent's name: letters, digits, '-', '_' and '.', up to 100.</param>
/// <param name="Results">1 to 1,000 results.</param>
public sealed record CheckReport(string Agent, IReadOnlyList<CheckResult> Results);

/// <summary>The result of one check.</summary>
/// <param name="MonitorId">The monitor's id. The result is ignored if the monitor has been deleted meanwhile.</param>
/// <param name="Minute">Unix seconds, a whole minute, at most two minutes ahead (Behavior: CHK-8).</param>
/// <param name="Status">UP, DOWN, DEGRADED, MAINTENANCE or NO_DATA.</param>
/// <param name="Latency">Milliseconds, finite, not negative.</param>
/// <param name="Type">REALTIME, TIMEOUT or ERROR (Behavior: CHK-6).</param>
/// <param name="Message">The reason of a failure, up to 500 characters; null if there was none.</param>
public sealed record CheckResult(long MonitorId, long Minute, string Status, double Latency, string Type, string? Message = null);

/// <summary>
/// The 200 answer to a <see cref="CheckReport"/>: every result is durably stored, or was ignored as <paramref name="Passed"/> says.
/// </summary>
/// <param name="Stored">Number of results that changed something.</param>
/// <param name="Passed">Number of results that changed nothing: already known, of a deleted monitor, or for a minute that a person corrected.</param>
public sealed record CheckReceipt(int Stored, int Passed);

/// <summary>JSON serialization of the agent protocol, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Assignment))]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(CheckReceipt))]
public sealed partial class AgentJson : JsonSerializerContext;
