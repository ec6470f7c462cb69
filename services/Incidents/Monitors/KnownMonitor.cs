namespace Kener.Incidents.Monitors;

/// <summary>The newest received version of a monitor. A tombstone stays, so that an older version cannot return.</summary>
internal sealed class KnownMonitor
{
    public long Id { get; set; }
    public long Version { get; set; }
    public required string Tag { get; set; }
    public bool Deleted { get; set; }
}
