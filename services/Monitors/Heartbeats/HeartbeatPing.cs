namespace Kener.Monitors.Heartbeats;

/// <summary>A ping that a HEARTBEAT monitor received, at most one per second. Stored apart from results, which are verdicts on minutes.</summary>
internal sealed class HeartbeatPing
{
    public long MonitorId { get; set; }
    /// <summary>Unix seconds.</summary>
    public long At { get; set; }
}
