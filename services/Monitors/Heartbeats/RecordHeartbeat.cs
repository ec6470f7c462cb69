using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Monitors;
using Kener.Monitors.Results;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Heartbeats;

/// <summary>
/// GET and POST /ext/heartbeat/{tag}/{secret}, and the older {tag}:{secret}: stores a ping and judges it at once. Whatever is wrong with a
/// request, the answer is the same, so that it does not reveal which monitors exist (Behavior: HBT-2).
/// </summary>
internal static class RecordHeartbeat
{
    private static readonly HeartbeatRule Nobody = new(0, 0, null);

    public static Task<IResult> HandleOlderAsync(
        HttpContext context, Changes<MonitorsDb> changes, Recording recording, MonitorsDb db, Evaluations evaluations, TimeProvider clock, CancellationToken cancel) =>
        SecretPath.LastSegment(context) is var token && token.IndexOf(':', StringComparison.Ordinal) is var colon and > 0
            ? TakeAsync(token[..colon], token[(colon + 1)..], changes, recording, db, evaluations, clock, cancel) : Task.FromResult(Refused());

    public static Task<IResult> HandleAsync(
        string tag, HttpContext context, Changes<MonitorsDb> changes, Recording recording, MonitorsDb db, Evaluations evaluations, TimeProvider clock, CancellationToken cancel) =>
        TakeAsync(tag, SecretPath.LastSegment(context), changes, recording, db, evaluations, clock, cancel);

    private static async Task<IResult> TakeAsync(
        string tag, string secret, Changes<MonitorsDb> changes, Recording recording, MonitorsDb db, Evaluations evaluations, TimeProvider clock, CancellationToken cancel)
    {
        var monitor = !MonitorFields.IsTag(tag) ? null : await db.Monitors.AsNoTracking()
            .FirstOrDefaultAsync(row => row.Tag == tag && row.IsActive && row.Type == MonitorTypes.Heartbeat, cancel);
        var rule = monitor is null ? Nobody : HeartbeatRule.Of(monitor.TypeData);
        if (!rule.Opens(secret)) return Refused();
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var seen = rule.Judge(monitor!.Id, Minutes.Floor(now), now, []);
        await changes.ProjectAsync(async change =>
        {
            await Deletion.HoldOffAsync(change.Db, cancel);
            await Recording.LockAsync(change.Db, [monitor.Id], cancel);
            await change.Db.Database.ExecuteSqlAsync($"INSERT INTO beats (monitor_id, at) VALUES ({monitor.Id}, {now}) ON CONFLICT DO NOTHING", cancel);
            await recording.StoreAsync(change, [seen], MonitorTypes.OfClock, $"monitor/{monitor.Id}", cancel);
        }, cancel);
        evaluations.Recorded([monitor.Id]);
        return TypedResults.Json(new { status = "OK" });
    }

    private static IResult Refused() => Microsoft.AspNetCore.Http.Results.Json(new { error = "Unknown heartbeat" }, statusCode: StatusCodes.Status400BadRequest);
}
