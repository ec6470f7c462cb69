namespace Kener.Incidents;

/// <summary>What this service knows of a monitor. The newest version heard of counts; a deleted one stays, so that an older one can not revive it.</summary>
internal sealed class KnownMonitor
{
    public long Id { get; set; }
    public long Version { get; set; }
    public required string Tag { get; set; }
    public bool Deleted { get; set; }
}
