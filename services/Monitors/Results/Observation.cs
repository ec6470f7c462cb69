using Kener.Contracts;

namespace Kener.Monitors.Results;

/// <summary>What one check of a monitor found in a minute, before any rule applies: <paramref name="Type"/> is Realtime, Timeout or Error.</summary>
internal sealed record Observation(long MonitorId, long Minute, MonitorStatus Raw, double Latency, ResultType Type, string? Message)
{
    /// <summary>
    /// Sorts by monitor, then by minute. All writers of several results use this order, so they cannot deadlock. Of two observations of the same
    /// minute, the later one in the list is kept.
    /// </summary>
    public static List<Observation> InOrder(List<Observation> given)
    {
        var ordered = given.Index().OrderBy(one => one.Item.MonitorId).ThenBy(one => one.Item.Minute).ThenBy(one => one.Index);
        var kept = new List<Observation>(given.Count);
        foreach (var (_, next) in ordered)
        {
            if (kept.Count > 0 && kept[^1].MonitorId == next.MonitorId && kept[^1].Minute == next.Minute) kept[^1] = next;
            else kept.Add(next);
        }
        return kept;
    }
}
