namespace Kener.Contracts;

/// <summary>
/// Minutes of a day by effective status, and the latencies (ms) that were measured in it; a minute of which nothing is known counts
/// nowhere (Behavior: UPT-2). Latencies of 0 are not measurements.
/// </summary>
public readonly record struct DayCounts(
    int Up, int Degraded, int Down, int Maintenance, double LatencySum = 0, int LatencyCount = 0, double LatencyMin = 0, double LatencyMax = 0)
{
    /// <summary>Minutes that count.</summary>
    public int Total => Up + Degraded + Down + Maintenance;

    /// <summary>The worst status that the day saw; NoData where nothing counted.</summary>
    public MonitorStatus Worst =>
        Down > 0 ? MonitorStatus.Down : Degraded > 0 ? MonitorStatus.Degraded : Maintenance > 0 ? MonitorStatus.Maintenance
        : Up > 0 ? MonitorStatus.Up : MonitorStatus.NoData;

    /// <summary>Both days as one.</summary>
    public static DayCounts operator +(DayCounts a, DayCounts b) => new(
        a.Up + b.Up, a.Degraded + b.Degraded, a.Down + b.Down, a.Maintenance + b.Maintenance,
        a.LatencySum + b.LatencySum, a.LatencyCount + b.LatencyCount,
        a.LatencyCount == 0 ? b.LatencyMin : b.LatencyCount == 0 ? a.LatencyMin : Math.Min(a.LatencyMin, b.LatencyMin),
        Math.Max(a.LatencyMax, b.LatencyMax));

    /// <summary>Both days as one.</summary>
    public static DayCounts Add(DayCounts left, DayCounts right) => left + right;

    /// <summary>
    /// Counts the minutes [<paramref name="from"/>, <paramref name="to"/>), whole minutes in Unix seconds, by the effective rule.
    /// <paramref name="observed"/> and <paramref name="latency"/> have an entry a minute. The caller ends the range at the present.
    /// </summary>
    public static DayCounts Of(
        long from, long to, ReadOnlySpan<MonitorStatus> observed, ReadOnlySpan<double> latency, MonitorStatus? byDefault, ReadOnlySpan<Overlay> overlays)
    {
        Span<int> counts = stackalloc int[5];
        double sum = 0, min = 0, max = 0;
        var measured = 0;
        var minutes = (int)((to - from) / 60);
        for (var i = 0; i < minutes; i++)
        {
            counts[(int)EffectiveStatus.At(from + i * 60L, byDefault, observed[i], overlays)]++;
            if (latency[i] is not (> 0 and <= double.MaxValue)) continue;
            sum += latency[i];
            min = measured == 0 ? latency[i] : Math.Min(min, latency[i]);
            max = Math.Max(max, latency[i]);
            measured++;
        }
        return new(
            counts[(int)MonitorStatus.Up], counts[(int)MonitorStatus.Degraded], counts[(int)MonitorStatus.Down],
            counts[(int)MonitorStatus.Maintenance], sum, measured, min, max);
    }
}
