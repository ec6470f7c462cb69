using Kener.Contracts;
using Kener.Incidents.Database;
using Kener.Incidents.Incidents;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Monitors;

/// <summary>Resolves the tags that a client sends to monitors.</summary>
internal static class MonitorReferences
{
    /// <summary>
    /// Waits for the events of monitors that were created a moment ago (Behavior: REF-1); 400 if one is still not known. To be called outside any
    /// transaction.
    /// </summary>
    public static async Task WaitForMonitorsAsync(
        this IncidentsDb db, ReferenceWait wait, IReadOnlyList<AffectedMonitorInput> wanted, CancellationToken cancel)
    {
        if (wanted.Count == 0) return;
        var tags = Tags(wanted);
        var known = await wait.UntilAsync(async () => await db.Monitors.Where(monitor => !monitor.Deleted && EF.Parameter(tags).Contains(monitor.Tag))
            .Select(monitor => monitor.Tag).Distinct().CountAsync(cancel) == tags.Length, cancel);
        if (!known) Resolve(wanted, await Alive(db, tags).ToListAsync(cancel));
    }

    /// <summary>
    /// Returns the monitors with these tags, in order; 400 if one does not exist. None of them can be deleted before the change commits.
    /// </summary>
    public static async Task<IReadOnlyList<(KnownMonitor Monitor, MonitorStatus Impact)>> LockMonitorsAsync(
        this Change<IncidentsDb> change, IReadOnlyList<AffectedMonitorInput> wanted, CancellationToken cancel)
    {
        if (wanted.Count == 0) return [];
        var tags = Tags(wanted);
        // The consumer of a monitor's deletion waits for this shared lock, and then finds the links to remove. SQLite has only one writer.
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
        // Of two monitors with one tag, the deletion of the older one has not arrived yet.
        var byTag = alive.GroupBy(monitor => monitor.Tag).ToDictionary(same => same.Key, same => same.MaxBy(monitor => monitor.Id)!);
        return [.. wanted.Select(monitor => byTag.TryGetValue(monitor.MonitorTag, out var known)
            ? (known, monitor.Impact) : throw Refusal.BadRequest($"Monitor with tag '{monitor.MonitorTag}' not found"))];
    }
}
