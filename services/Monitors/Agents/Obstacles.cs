using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Persistence.Commit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Agents;

/// <summary>Updates which monitors cannot be checked when the types that agents know change (Behavior: CHK-11).</summary>
internal static class Obstacles
{
    /// <summary>
    /// Updates the obstacle of every monitor that agents check, and publishes the monitors for which it changed. The set must be locked.
    /// </summary>
    public static async Task ReviewAsync(Change<MonitorsDb> change, CancellationToken cancel)
    {
        var known = await Agent.TypesAsync(change.Db, cancel);
        string[] missing = [.. MonitorTypes.OfAgents.Where(type => !known.Contains(type))];
        // A monitor that lacks a field is not affected by the types that agents know.
        var ids = await change.Db.Monitors
            .Where(row => (row.Obstacle == CheckObstacle.NoAgent && !missing.Contains(row.Type)) || (row.Obstacle == null && missing.Contains(row.Type)))
            .OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(cancel);
        foreach (var id in ids)
        {
            var monitor = await change.LockAsync<Monitor>(id, cancel);
            monitor!.Obstacle = monitor.FindObstacle(known);
            change.Publish($"monitor/{id}", monitor.ToEvent);
        }
    }
}
