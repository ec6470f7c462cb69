namespace Kener.Monitors;

/// <summary>A sign of life that a HEARTBEAT monitor got: one a second at most. Beats lie beside results, which are verdicts on minutes.</summary>
internal sealed class Beat
{
    public long MonitorId { get; set; }
    /// <summary>Unix seconds.</summary>
    public long At { get; set; }
}
