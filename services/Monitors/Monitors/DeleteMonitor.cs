using System.Collections.Frozen;
using System.Security.Claims;
using Kener.Monitors.Agents;
using Kener.Monitors.Database;
using Kener.Monitors.Groups;
using Kener.Monitors.Results;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Monitors;

/// <summary>
/// DELETE /api/v4/monitors/{tag}: also deletes its results, pings and overlays, and removes it from its groups; a tombstone remains.
/// </summary>
internal static class DeleteMonitor
{
    private const int AtOnce = 10_000, SmallestGroup = 2;

    public static async Task<IResult> HandleAsync(
        string tag, MonitorsDb db, Changes<MonitorsDb> changes, BulkWrites bulk, AssignmentCache assignments, Evaluations evaluations, ClaimsPrincipal user,
        CancellationToken cancel)
    {
        var id = (await GetMonitor.FindAsync(db, tag, cancel)).Id;
        await changes.CommitAsync(user.Subject(), async change =>
        {
            await change.LockSetAsync(cancel);
            await Deletion.BeginAsync(change.Db, cancel);
            var monitor = await change.LockAsync<Monitor>(id, cancel) ?? throw GetMonitor.Missing(tag);
            await change.Db.Overlays.Where(row => row.MonitorId == id).ExecuteDeleteAsync(cancel);
            await change.Db.Transitions.Where(row => row.MonitorId == id).ExecuteDeleteAsync(cancel);
            var tombstone = new DeletedMonitor { Id = id, Version = monitor.Version, Tag = tag };
            change.Db.Monitors.Remove(monitor);
            change.Db.DeletedMonitors.Add(tombstone);
            change.Publish($"monitor/{id}", tombstone.ToEvent);
            change.Audit("monitor.deleted", "monitor", () => id, new { monitor.Tag, monitor.Name });
            await LeaveGroupsAsync(change, tag, cancel);
        }, cancel);
        assignments.Wake();
        evaluations.Wake();
        // In parts, since there may be years of results. The daily retention deletes what a crash leaves.
        for (var more = true; more;)
        {
            using var part = await bulk.PartAsync(cancel);
            await changes.ProjectAsync(async change => more = await OldResults.TakeAsync(change.Db, id, long.MaxValue, AtOnce, cancel), cancel);
        }
        await changes.ProjectAsync(change => change.Db.Pings.Where(beat => beat.MonitorId == id).ExecuteDeleteAsync(cancel), cancel);
        return ApiResponse.Of(new MessageAnswer($"Monitor '{tag}' deleted successfully"));
    }

    private static async Task LeaveGroupsAsync(Change<MonitorsDb> change, string tag, CancellationToken cancel)
    {
        foreach (var found in await GroupRule.WithAsync(change.Db, tag, cancel))
        {
            var group = await change.LockAsync<Monitor>(found.Id, cancel);
            (group!.TypeData, var left) = GroupRule.Without(group.TypeData, tag);
            group.Obstacle = group.FindObstacle(FrozenSet<string>.Empty);
            group.IsActive &= left >= SmallestGroup;
            group.UpdatedMs = change.NowMs;
            change.Publish($"monitor/{group.Id}", group.ToEvent);
            change.Audit("monitor.member.left", "monitor", () => group.Id, new { group.Tag, member = tag, left });
        }
    }
}
