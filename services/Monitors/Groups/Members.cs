using Kener.Contracts;
using Kener.Monitors.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Groups;

/// <summary>
/// Reads the effective status of a group's members: with overlays applied, and NO_DATA if the newest result is too old (Behavior: GRP-2, STA-4).
/// </summary>
internal static class Members
{
    /// <summary>Returns the states of the active members; the others are left out.</summary>
    public static async Task<List<MemberState>> StatesAsync(MonitorsDb db, GroupRule rule, long now, CancellationToken cancel)
    {
        var tags = rule.Members.Select(member => member.Tag).ToList();
        var monitors = await db.Monitors.AsNoTracking().Where(row => tags.Contains(row.Tag) && row.IsActive).ToDictionaryAsync(row => row.Tag, cancel);
        var ids = monitors.Values.Select(monitor => monitor.Id).ToList();
        var overlays = (await db.Overlays.AsNoTracking().Where(row => ids.Contains(row.MonitorId) && row.Start <= now && (row.End == null || row.End > now)).ToListAsync(cancel))
            .ToLookup(row => row.MonitorId, row => row.ToOverlay());
        var states = new List<MemberState>();
        foreach (var member in rule.Members)
        {
            if (!monitors.TryGetValue(member.Tag, out var monitor)) continue;
            var latest = await db.Results.AsNoTracking().Where(row => row.MonitorId == monitor.Id && row.Region == 0 && row.Minute <= now)
                .OrderByDescending(row => row.Minute).FirstOrDefaultAsync(cancel);
            var isChecked = monitor.PeriodSeconds == 0 || monitor.Obstacle is null;
            var isFresh = isChecked && latest is not null && now <= Freshness.Until(latest.Minute, monitor.PeriodSeconds);
            var observed = isFresh ? latest!.Status : MonitorStatus.NoData;
            // No default status is passed: stored results include it already, and it does not apply where nothing is checked.
            states.Add(new MemberState(member.Weight, EffectiveStatus.At(now, null, observed, [.. overlays[monitor.Id]]), isFresh ? latest!.Latency : 0));
        }
        return states;
    }
}
