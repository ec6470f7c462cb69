using Kener.Contracts;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Incidents;

/// <summary>The newest state of an incident that was told of; a tombstone stays, so that an older state never comes back.</summary>
internal sealed class IncidentRow : IToldOf
{
    public long Id { get; set; }
    public long Version { get; set; }
    public bool Deleted { get; set; }
    public long Start { get; set; }
    public long? End { get; set; }
    public IncidentState State { get; set; }
    public bool IsGlobal { get; set; }
    /// <summary><see cref="ImpactPlan.Fingerprint"/> of what its overlays were made from.</summary>
    public required string ImpactFingerprint { get; set; }
    /// <summary>The event as JSON.</summary>
    public required string Payload { get; set; }

    string IToldOf.Title => $"Incident {Id}";

    /// <summary>The statement that takes it in if it is news and leaves every monitor as it was: then it changes a row.</summary>
    public static FormattableString TakeWords(IncidentChanged incident, string fingerprint) =>
        $"""
        UPDATE incidents SET version = {incident.Version}, state = {(int)incident.State}, is_global = {incident.IsGlobal}, payload = {Database.Payload.Write(incident)}
        WHERE id = {incident.Id} AND version < {incident.Version} AND deleted = {incident.Deleted} AND impact_fingerprint = {fingerprint}
        """;

    /// <summary>Whether this was news. Locks the row until the transaction ends.</summary>
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
