using Kener.Contracts;

namespace Kener.Monitors;

/// <summary>
/// What was observed in one minute from one region; region 0 is the verdict that all else reads (Behavior: STA-3).
/// Never an overlay.
/// </summary>
internal sealed class Result
{
    public long MonitorId { get; set; }
    /// <summary>Unix seconds, a whole minute.</summary>
    public long Minute { get; set; }
    public short Region { get; set; }
    /// <summary>After confirmation or correction.</summary>
    public MonitorStatus Status { get; set; }
    /// <summary>What the check itself saw.</summary>
    public MonitorStatus RawStatus { get; set; }
    /// <summary>Milliseconds.</summary>
    public double Latency { get; set; }
    public ResultType Type { get; set; }
    public string? Message { get; set; }
    /// <summary>What the check itself said; the message is that of the status.</summary>
    public string? RawMessage { get; set; }
    /// <summary>1 when first written, one more at each overwrite; a correction's is at least <see cref="EventVersions.OfCorrection"/>.</summary>
    public int Version { get; set; }

    /// <summary>What the check saw.</summary>
    public Observation ToObservation() => new(MonitorId, Minute, RawStatus, Latency, Type, RawMessage);
}

/// <summary>How a result came to be (Behavior: CHK-6). Numbers are stored: they stay.</summary>
internal enum ResultType : byte
{
    Realtime = 0,
    Timeout = 1,
    Error = 2,
    /// <summary>A person's word. No late report of a check may overwrite it (Behavior: COR-1).</summary>
    Manual = 3,
    Default = 4,
}
