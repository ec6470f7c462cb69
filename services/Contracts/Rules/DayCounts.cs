namespace Kener.Contracts;

/// <summary>
/// Minutes of a day by effective status, and the latencies (ms) measured in them. Minutes without data are not counted (Behavior: UPT-2), and a
/// latency of 0 is no measurement (Behavior: UPT-6).
/// </summary>
public readonly record struct DayCounts(
    int Up, int Degraded, int Down, int Maintenance, double LatencySum = 0, int LatencyCount = 0, double LatencyMin = 0, double LatencyMax = 0)
{
    /// <summary>Number of counted minutes.</summary>
    public int Total => Up + Degraded + Down + Maintenance;

    /// <summary>The worst status of the day; NoData if no minute counted.</summary>
    public MonitorStatus Worst =>
        Down > 0 ? MonitorStatus.Down : Degraded > 0 ? MonitorStatus.Degraded : Maintenance > 0 ? MonitorStatus.Maintenance
        : Up > 0 ? MonitorStatus.Up : MonitorStatus.NoData;

    /// <summary>Adds up two days.</summary>
    public static DayCounts operator +(DayCounts a, DayCounts b) => new(
        a.Up + b.Up, a.Degraded + b.Degraded, a.Down + b.Down, a.Maintenance + b.Maintenance,
        a.LatencySum + b.LatencySum, a.LatencyCount + b.LatencyCount,
        a.LatencyCount == 0 ? b.LatencyMin : b.LatencyCount == 0 ? a.LatencyMin : Math.Min(a.LatencyMin, b.LatencyMin),
        Math.Max(a.LatencyMax, b.LatencyMax));

    /// <summary>Adds up two days.</summary>
    public static DayCounts Add(DayCounts left, DayCounts right) => left + right;

    /// <summary>
    /// Counts the minutes in [<paramref name="from"/>, <paramref name="to"/>), whole minutes in Unix seconds, by effective status.
    /// <paramref name="observed"/> and <paramref name="latency"/> have one entry per minute. The caller must end the range at the present.
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
