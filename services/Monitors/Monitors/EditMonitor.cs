using System.Security.Claims;
using System.Text.Json;
using Kener.Persistence;
using Kener.ServiceDefaults;

namespace Kener.Monitors;

/// <summary>PATCH /monitors/{tag}.</summary>
internal static class EditMonitor
{
    public static async Task<IResult> HandleAsync(
        string tag, HttpRequest request, MonitorsDb db, Changes<MonitorsDb> changes, Assignments assignments, Evaluations evaluations,
        ClaimsPrincipal user, CancellationToken cancel)
    {
        var id = (await GetMonitor.FindAsync(db, tag, cancel)).Id;
        var body = await JsonBody.ReadAsync(request, cancel);
        var edited = await changes.CommitAsync(user.Subject(), async change =>
        {
            await change.LockSetAsync(cancel);
            var monitor = await change.LockAsync<Monitor>(id, cancel) ?? throw GetMonitor.Missing(tag);
            monitor.Edit(body, change.NowMs);
            await GroupRule.CheckAsync(change.Db, monitor, cancel);
            monitor.Obstacle = monitor.FindObstacle(await Agent.TypesAsync(change.Db, cancel));
            change.Publish($"monitor/{id}", monitor.ToEvent);
            change.Note("monitor.edited", "monitor", () => id, new { monitor.Tag, Fields = Known(body) });
            return monitor;
        }, cancel);
        assignments.Ring();
        evaluations.Ring();
        return ApiAnswer.Of(new { monitor = MonitorAnswer.Of(edited, user) });
    }

    // The names alone: values may be secrets, and unknown names are the client's own affair.
    private static IEnumerable<string> Known(JsonElement body) => Fields.Where(field => body.TryGetProperty(field, out _));

    private static readonly string[] Fields =
    [
        "name", "description", "image", "cron", "default_status", "status", "category_name", "monitor_type", "type_data",
        "include_degraded_in_downtime", "is_hidden", "confirmation_threshold", "monitor_settings_json", "external_url",
    ];
}
