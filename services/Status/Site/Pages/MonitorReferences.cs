using Kener.Persistence;
using Kener.ServiceDefaults.Errors;
using Kener.Status.Database;
using Kener.Status.Projections.Monitors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Site.Pages;

/// <summary>Resolves the tags that a client sends to monitors.</summary>
internal static class MonitorReferences
{
    /// <summary>Waits for the events of monitors that were created a moment ago (Behavior: REF-1). To be called outside any transaction.</summary>
    public static async Task WaitForMonitorsAsync(this StatusDb db, ReferenceWait wait, IReadOnlyList<string> tags, CancellationToken cancel)
    {
        if (tags.Count == 0) return;
        await wait.UntilAsync(async () => await Alive(db, tags).Select(row => row.Tag).Distinct().CountAsync(cancel) == tags.Count, cancel);
    }

    /// <summary>Returns the ids of these tags, in their order; 400 if there is no such monitor.</summary>
    public static async Task<List<long>> MonitorIdsAsync(this StatusDb db, IReadOnlyList<string> tags, CancellationToken cancel)
    {
        var alive = await Alive(db, tags).Select(row => new { row.Id, row.Tag }).ToListAsync(cancel);
        // Of two monitors with one tag, the deletion of the older one has not arrived yet.
        var byTag = alive.GroupBy(row => row.Tag).ToDictionary(same => same.Key, same => same.Max(row => row.Id));
        return [.. tags.Select(tag => byTag.TryGetValue(tag, out var id) ? id : throw Refusal.BadRequest($"Monitor with tag '{tag}' does not exist"))];
    }

    private static IQueryable<MonitorRow> Alive(StatusDb db, IReadOnlyList<string> tags)
    {
        var wanted = tags.ToArray();
        return db.Monitors.Where(row => !row.Deleted && EF.Parameter(wanted).Contains(row.Tag));
    }
}
