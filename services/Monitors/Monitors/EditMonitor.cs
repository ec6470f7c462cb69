using System.Security.Claims;
using Kener.Persistence;
using Kener.ServiceDefaults;

namespace Kener.Monitors;

/// <summary>PATCH /api/v4/monitors/{tag}.</summary>
internal static class EditMonitor
{
    public static async Task<IResult> HandleAsync(
        string tag, HttpRequest request, MonitorsDb db, Changes<MonitorsDb> changes, Assignments assignments, Evaluations evaluations,
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
            change.Note("monitor.edited", "monitor", () => id, new { monitor.Tag, Fields = body.SentFields<MonitorInput>() });
            return monitor;
        }, cancel);
        assignments.Wake();
        evaluations.Wake();
        return ApiAnswer.Of(new OneMonitor(MonitorAnswer.Of(edited, user)));
    }
}
