using Kener.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence.Overlays;

/// <summary>
/// Makes a module's overlays of one source equal to the source's present plan (Behavior: ARC-4). Overlays of any source change only here. The
/// caller holds the lock of the source's row, so that two deliveries do not interleave.
/// </summary>
public static class OverlayProjection
{
    /// <summary>
    /// Writes the differences, with the transaction's other changes. Returns the ids of the monitors whose overlay was added, changed or removed, in
    /// ascending order.
    /// </summary>
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
