using Kener.Contracts;
using Kener.Status.Database;

namespace Kener.Status.Projections.Incidents;

/// <summary>The newest received state of an incident. A tombstone stays, so that an older state cannot return.</summary>
internal sealed class IncidentRow : IEventRow
{
    public long Id { get; set; }
    public long Version { get; set; }
    public bool Deleted { get; set; }
    public long Start { get; set; }
    public long? End { get; set; }
    public IncidentState State { get; set; }
    public bool IsGlobal { get; set; }
    /// <summary>The <see cref="ImpactPlan.Fingerprint"/> of the plan that its overlays were created from.</summary>
    public required string ImpactFingerprint { get; set; }
    /// <summary>The event as JSON.</summary>
    public required string Payload { get; set; }

    string IEventRow.Title => $"Incident {Id}";

    /// <summary>Returns the statement that stores the incident if it is newer and changes no overlay; otherwise it changes no row.</summary>
    public static FormattableString TakeWords(IncidentChanged incident, string fingerprint) =>
        $"""
        UPDATE incidents SET version = {incident.Version}, state = {(int)incident.State}, is_global = {incident.IsGlobal}, payload = {Database.Payload.Write(incident)}
        WHERE id = {incident.Id} AND version < {incident.Version} AND deleted = {incident.Deleted} AND impact_fingerprint = {fingerprint}
        """;

    public static IncidentRow Of(IncidentChanged incident, string fingerprint) => new()
    {
        Id = incident.Id,
        Version = incident.Version,
        Deleted = incident.Deleted,
        Start = incident.Start,
        End = incident.End,
        State = incident.State,
        IsGlobal = incident.IsGlobal,
        ImpactFingerprint = fingerprint,
        Payload = Database.Payload.Write(incident),
    };
}
