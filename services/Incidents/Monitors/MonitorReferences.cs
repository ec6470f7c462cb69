using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents;

/// <summary>From the tags that a client names to the monitors that they mean.</summary>
internal static class MonitorReferences
{
    /// <summary>Gives a monitor that was made a moment ago the time to be heard of (Behavior: REF-1). Before any transaction.</summary>
    public static async Task WaitForMonitorsAsync(
        this IncidentsDb db, ReferenceWait wait, IReadOnlyList<AffectedMonitorInput> wanted, CancellationToken cancel)
    {
        if (wanted.Count == 0) return;
        var tags = Tags(wanted);
        var known = await wait.UntilAsync(async () => await db.Monitors.Where(monitor => !monitor.Deleted && EF.Parameter(tags).Contains(monitor.Tag))
            .Select(monitor => monitor.Tag).Distinct().CountAsync(cancel) == tags.Length, cancel);
        if (!known) Resolve(wanted, await Alive(db, tags).ToListAsync(cancel));
    }

    /// <summary>The monitors of these tags, in their order; 400 for one that is not there. None of them is deleted before the change commits.</summary>
    public static async Task<IReadOnlyList<(KnownMonitor Monitor, MonitorStatus Impact)>> LockMonitorsAsync(
        this Change<IncidentsDb> change, IReadOnlyList<AffectedMonitorInput> wanted, CancellationToken cancel)
    {
        if (wanted.Count == 0) return [];
        var tags = Tags(wanted);
        // Whoever takes in a monitor's deletion waits for the share, and then finds the links to remove. SQLite has one writer anyway.
        var alive = change.Db.IsPostgres
            ? change.Db.Locked<KnownMonitor>("WHERE tag = ANY ({0}) AND NOT deleted FOR SHARE", (object)tags)
            : Alive(change.Db, tags);
        return Resolve(wanted, await alive.ToListAsync(cancel));
    }

    private static IQueryable<KnownMonitor> Alive(IncidentsDb db, string[] tags) =>
        db.Monitors.Where(monitor => !monitor.Deleted && EF.Parameter(tags).Contains(monitor.Tag));

    private static string[] Tags(IReadOnlyList<AffectedMonitorInput> wanted) => [.. wanted.Select(monitor => monitor.MonitorTag)];

    private static List<(KnownMonitor Monitor, MonitorStatus Impact)> Resolve(IReadOnlyList<AffectedMonitorInput> wanted, List<KnownMonitor> alive)
    {
        // Two of one tag: the older one's deletion is still on its way.
        var byTag = alive.GroupBy(monitor => monitor.Tag).ToDictionary(same => same.Key, same => same.MaxBy(monitor => monitor.Id)!);
        return [.. wanted.Select(monitor => byTag.TryGetValue(monitor.MonitorTag, out var known)
            ? (known, monitor.Impact) : throw Refusal.BadRequest($"Monitor with tag '{monitor.MonitorTag}' not found"))];
    }
}
