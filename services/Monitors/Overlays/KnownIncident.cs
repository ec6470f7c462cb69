namespace Kener.Monitors;

/// <summary>The newest version of an incident that arrived, a tombstone's too: lower or equal ones are ignored.</summary>
internal sealed class KnownIncident
{
    public long Id { get; set; }
    public long Version { get; set; }
    /// <summary><see cref="Contracts.ImpactPlan.Fingerprint"/> of what its overlays were made from.</summary>
    public required string ImpactFingerprint { get; set; }
}
