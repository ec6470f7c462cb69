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
    /// <summary>What its intervals were made of, see <see cref="IncidentChanged.Laid"/>; null where that is not known.</summary>
    public string? Laid { get; set; }
    /// <summary>The event as JSON.</summary>
    public required string Payload { get; set; }

    string IToldOf.Title => $"Incident {Id}";

    /// <summary>The statement that takes it in if it is news and leaves every monitor as it was: then it changes a row.</summary>
    public static FormattableString TakeWords(IncidentChanged incident) =>
        $"""
        UPDATE incidents SET version = {incident.Version}, state = {(int)incident.State}, is_global = {incident.IsGlobal}, payload = {Database.Payload.Write(incident)}
        WHERE id = {incident.Id} AND version < {incident.Version} AND laid = {incident.Laid()}
        """;

    /// <summary>Whether this was news. Locks the row until the transaction ends.</summary>
    public static async Task<bool> TakeAsync(StatusDb db, IncidentChanged incident, CancellationToken cancel) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO incidents (id, version, deleted, start, "end", state, is_global, laid, payload)
            VALUES ({incident.Id}, {incident.Version}, {incident.Deleted}, {incident.Start}, {incident.End}, {(int)incident.State},
                    {incident.IsGlobal}, {incident.Laid()}, {Database.Payload.Write(incident)})
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, deleted = excluded.deleted, start = excluded.start,
                "end" = excluded."end", state = excluded.state, is_global = excluded.is_global, laid = excluded.laid, payload = excluded.payload
            WHERE incidents.version < excluded.version
            """, cancel) > 0;
}

/// <summary>What an incident lays over a monitor (spec/decisions 3a).</summary>
internal sealed class IntervalRow
{
    public long IncidentId { get; set; }
    public long MonitorId { get; set; }
    public long Start { get; set; }
    public long? End { get; set; }
    public MonitorStatus Impact { get; set; }

    public Overlay ToOverlay() => Impact <= MonitorStatus.Down ? new(OverlayKind.Incident, Start, End, Impact)
        : throw new InvalidDataException($"Incident {IncidentId} has the unknown impact {(int)Impact}");
}
