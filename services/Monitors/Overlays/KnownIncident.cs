namespace Kener.Monitors.Overlays;

/// <summary>The newest received version of an incident, also of a deleted one; events with the same or a lower version are ignored.</summary>
internal sealed class KnownIncident
{
    public long Id { get; set; }
    public long Version { get; set; }
    /// <summary>The <see cref="Contracts.ImpactPlan.Fingerprint"/> of the plan that its overlays were created from.</summary>
    public required string ImpactFingerprint { get; set; }
}
