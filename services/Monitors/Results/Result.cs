using Kener.Contracts;

namespace Kener.Monitors.Results;

/// <summary>
/// What was observed in one minute from one region; region 0 is the verdict that everything else reads. Overlays never change it
/// (Behavior: STA-3).
/// </summary>
internal sealed class Result
{
    public long MonitorId { get; set; }
    /// <summary>Unix seconds, a whole minute.</summary>
    public long Minute { get; set; }
    public short Region { get; set; }
    /// <summary>The observed status: after default status, confirmation or correction.</summary>
    public MonitorStatus Status { get; set; }
    /// <summary>The status that the check itself found.</summary>
    public MonitorStatus RawStatus { get; set; }
    /// <summary>Milliseconds.</summary>
    public double Latency { get; set; }
    public ResultType Type { get; set; }
    public string? Message { get; set; }
    /// <summary>The message of the check itself; <see cref="Message"/> explains <see cref="Status"/>.</summary>
    public string? RawMessage { get; set; }
    /// <summary>1 when first written, one higher after each overwrite; for a correction at least <see cref="EventVersions.OfCorrection"/>.</summary>
    public int Version { get; set; }

    /// <summary>Returns what the check found, before confirmation.</summary>
    public Observation ToObservation() => new(MonitorId, Minute, RawStatus, Latency, Type, RawMessage);
}

/// <summary>How a result came about (Behavior: CHK-6). The numbers are stored in the database and must not change.</summary>
internal enum ResultType : byte
{
    Realtime = 0,
    Timeout = 1,
    Error = 2,
    /// <summary>Corrected by a person. A late result of a check never overwrites it (Behavior: COR-1).</summary>
    Manual = 3,
    Default = 4,
}
