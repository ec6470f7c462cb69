using System.Security.Claims;
using Kener.Monitors.Agents;
using Kener.Monitors.Database;
using Kener.Monitors.Groups;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;

namespace Kener.Monitors.Monitors;

/// <summary>PATCH /api/v4/monitors/{tag}.</summary>
internal static class UpdateMonitor
{
    public static async Task<IResult> HandleAsync(
        string tag, HttpRequest request, MonitorsDb db, Changes<MonitorsDb> changes, AssignmentCache assignments, Evaluations evaluations,
        ClaimsPrincipal user, CancellationToken cancel)
    {
        var id = (await GetMonitor.FindAsync(db, tag, cancel)).Id;
        var body = await InputBody.ReadAsync(request, cancel);
        var input = MonitorInput.Read(body, tag);
        var edited = await changes.CommitAsync(user.Subject(), async change =>
        {
            await change.LockSetAsync(cancel);
            var monitor = await change.LockAsync<Monitor>(id, cancel) ?? throw GetMonitor.Missing(tag);
            monitor.Edit(input, change.NowMs);
            await GroupRule.CheckAsync(change.Db, monitor, cancel);
            monitor.Obstacle = monitor.FindObstacle(await Agent.TypesAsync(change.Db, cancel));
            change.Publish($"monitor/{id}", monitor.ToEvent);
            // Only the names, since values may be secrets.
            change.Audit("monitor.edited", "monitor", () => id, new { monitor.Tag, Fields = body.SentFields<MonitorInput>() });
            return monitor;
        }, cancel);
        assignments.Wake();
        evaluations.Wake();
        return ApiResponse.Of(new OneMonitor(MonitorResponse.Of(edited, user)));
    }
}
