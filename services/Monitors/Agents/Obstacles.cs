using Kener.Contracts;
using Kener.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>Keeps what is stored of monitors that cannot be checked in line with the types that agents know.</summary>
internal static class Obstacles
{
    /// <summary>Looks again at all monitors that agents check, and publishes those for which something changed. The set is locked.</summary>
    public static async Task ReviewAsync(Change<MonitorsDb> change, CancellationToken cancel)
    {
        var known = await Agent.TypesAsync(change.Db, cancel);
        string[] missing = [.. MonitorTypes.OfAgents.Where(type => !known.Contains(type))];
        // A missing field stays missing, whatever agents know.
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
