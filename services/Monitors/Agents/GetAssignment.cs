using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Persistence.Commit;

namespace Kener.Monitors.Agents;

/// <summary>
/// GET /api/agent/v1/assignment: the monitors that the agent is to check, of the types that it knows; 204 after 25 s without a change.
/// </summary>
internal static class GetAssignment
{
    public static async Task<IResult> HandleAsync(
        string? agent, string? version, string? types, AssignmentCache assignments, Changes<MonitorsDb> changes, CancellationToken cancel)
    {
        var (name, knows) = (Agent.CheckName(agent), Agent.CheckTypes(types));
        await assignments.SeenAsync(name, knows, changes, cancel);
        var assignment = await assignments.NextAsync(name, knows, version, cancel);
        return assignment is null ? TypedResults.NoContent() : TypedResults.Json(assignment, AgentJson.Default.Assignment);
    }
}
