using Kener.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence;

/// <summary>
/// Makes a module's overlays of one source equal to the source's present plan (docs: observed and effective status). The one way in which overlays
/// change, whatever the source. The caller holds the lock of the source's row, so two deliveries take turns.
/// </summary>
public static class OverlayProjection
{
    /// <summary>Writes what differs, with the transaction's other changes. Returns the monitors whose overlay was added, changed or removed, by id.</summary>
    public static async Task<IReadOnlyList<long>> ProjectAsync(this DbSet<OverlayRow> overlays, OverlayKind kind, long source, ImpactPlan plan, CancellationToken cancel)
    {
        var before = await overlays.Where(row => row.Kind == kind && row.SourceId == source).ToDictionaryAsync(row => row.MonitorId, cancel);
        var touched = new SortedSet<long>();
        foreach (var (monitor, impact) in plan.Impacts)
        {
            if (!before.Remove(monitor, out var row))
            {
                overlays.Add(new OverlayRow { Kind = kind, SourceId = source, MonitorId = monitor, Start = plan.Start, End = plan.End, Impact = impact });
            }
            else
            {
                if ((row.Start, row.End, row.Impact) == (plan.Start, plan.End, impact)) continue;
                (row.Start, row.End, row.Impact) = (plan.Start, plan.End, impact);
            }
            touched.Add(monitor);
        }
        overlays.RemoveRange(before.Values);
        touched.UnionWith(before.Keys);
        return [.. touched];
    }
}
