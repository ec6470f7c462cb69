using System.Data.Common;
using System.Security.Claims;
using Kener.Monitors.Agents;
using Kener.Monitors.Database;
using Kener.Monitors.Groups;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Monitors;

/// <summary>POST /api/v4/monitors.</summary>
internal static class CreateMonitor
{
    private const string UniqueViolation = "23505";

    public static async Task<IResult> HandleAsync(
        HttpRequest request, Changes<MonitorsDb> changes, AssignmentCache assignments, Evaluations evaluations, ClaimsPrincipal user,
        CancellationToken cancel)
    {
        var input = MonitorInput.Read(await InputBody.ReadAsync(request, cancel), known: null);
        // Built before the transaction too, so that invalid input is reported before a tag that is taken.
        var tag = Monitor.Create(input, 0).Tag;
        try
        {
            var made = await changes.CommitAsync(user.Subject(), async change =>
            {
                await change.LockSetAsync(cancel);
                if (await change.Db.Monitors.AnyAsync(row => row.Tag == tag, cancel)) throw Taken(tag);
                var monitor = Monitor.Create(input, change.NowMs);
                await GroupRule.CheckAsync(change.Db, monitor, cancel);
                monitor.Obstacle = monitor.FindObstacle(await Agent.TypesAsync(change.Db, cancel));
                change.Db.Monitors.Add(monitor);
                await change.FlushAsync(cancel);
                change.Publish($"monitor/{monitor.Id}", monitor.ToEvent);
                change.Audit("monitor.created", "monitor", () => monitor.Id, new { monitor.Tag, monitor.Name, monitor.Type });
                return monitor;
            }, cancel);
            assignments.Wake();
            evaluations.Wake();
            return ApiResponse.Of(new OneMonitor(MonitorResponse.Of(made, user)), StatusCodes.Status201Created);
        }
        catch (DbUpdateException fault) when (fault.InnerException is DbException { SqlState: UniqueViolation })
        {
            // Not expected, since the lock on the set lets only one request at a time check the tag.
            throw Taken(tag);
        }
    }

    private static Refusal Taken(string tag) => Refusal.BadRequest($"Monitor with tag '{tag}' already exists");
}
