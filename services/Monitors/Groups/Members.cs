using Kener.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>Reads how a group's members are doing now: effective, so that incidents and maintenances count, and fresh (Behavior: GRP-2, STA-4).</summary>
internal static class Members
{
    /// <summary>Those that are active; the others are left out.</summary>
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
            // A default is stored with the result that it fills; where nothing is checked there is none.
            states.Add(new MemberState(member.Weight, EffectiveStatus.At(now, null, observed, [.. overlays[monitor.Id]]), isFresh ? latest!.Latency : 0));
        }
        return states;
    }
}
