using Kener.Contracts;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Incidents;

/// <summary>The newest received state of an incident. A tombstone stays, so that an older state cannot return.</summary>
internal sealed class IncidentRow : IToldOf
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

    string IToldOf.Title => $"Incident {Id}";

    /// <summary>Returns the statement that stores the incident if it is newer and changes no overlay; otherwise it changes no row.</summary>
    public static FormattableString TakeWords(IncidentChanged incident, string fingerprint) =>
        $"""
        UPDATE incidents SET version = {incident.Version}, state = {(int)incident.State}, is_global = {incident.IsGlobal}, payload = {Database.Payload.Write(incident)}
        WHERE id = {incident.Id} AND version < {incident.Version} AND deleted = {incident.Deleted} AND impact_fingerprint = {fingerprint}
        """;

    /// <summary>Stores the incident if it is newer than the row; returns whether it was. Locks the row until the transaction ends.</summary>
    public static async Task<bool> TakeAsync(StatusDb db, IncidentChanged incident, string fingerprint, CancellationToken cancel) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO incidents (id, version, deleted, start, "end", state, is_global, impact_fingerprint, payload)
            VALUES ({incident.Id}, {incident.Version}, {incident.Deleted}, {incident.Start}, {incident.End}, {(int)incident.State},
                    {incident.IsGlobal}, {fingerprint}, {Database.Payload.Write(incident)})
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, deleted = excluded.deleted, start = excluded.start,
                "end" = excluded."end", state = excluded.state, is_global = excluded.is_global, impact_fingerprint = excluded.impact_fingerprint,
                payload = excluded.payload
            WHERE incidents.version < excluded.version
            """, cancel) > 0;
}
