using System.Security.Claims;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>DELETE /monitors/{tag}: with its results and overlays; a tombstone remains.</summary>
internal static class DeleteMonitor
{
    public static async Task<IResult> HandleAsync(
        string tag, MonitorsDb db, Changes<MonitorsDb> changes, Assignments assignments, ClaimsPrincipal user, CancellationToken cancel)
    {
        var id = (await GetMonitor.FindAsync(db, tag, cancel)).Id;
        await changes.CommitAsync(user.Subject(), async change =>
        {
            await change.LockSetAsync(cancel);
            await Deletion.BeginAsync(change.Db, cancel);
            var monitor = await change.LockAsync<Monitor>(id, cancel) ?? throw GetMonitor.Missing(tag);
            await change.Db.Overlays.Where(row => row.MonitorId == id).ExecuteDeleteAsync(cancel);
            var tombstone = new DeletedMonitor { Id = id, Version = monitor.Version, Tag = tag };
            change.Db.Monitors.Remove(monitor);
            change.Db.DeletedMonitors.Add(tombstone);
            change.Publish($"monitor/{id}", tombstone.ToEvent);
            change.Note("monitor.deleted", "monitor", () => id, new { monitor.Tag, monitor.Name });
        }, cancel);
        assignments.Ring();
        // Bit by bit, since there may be years of them; what a crash leaves, the daily retention takes.
        for (var more = true; more;)
            await changes.ProjectAsync(async change => more = await Deletion.TakeResultsAsync(change.Db, id, cancel), cancel);
        return V4.Json(new { message = $"Monitor '{tag}' deleted successfully" });
    }
}
