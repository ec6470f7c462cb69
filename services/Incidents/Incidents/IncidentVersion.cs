using System.Text.Json;
using Kener.Contracts;
using Kener.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents;

/// <summary>An incident as it was after one of its changes: its history, kept beyond its deletion.</summary>
internal sealed class IncidentVersion
{
    public long IncidentId { get; set; }
    public long Version { get; set; }
    public long AtMs { get; set; }
    public required string Actor { get; set; }
    /// <summary>The <see cref="IncidentChanged"/> that was sent, as JSON.</summary>
    public required string Document { get; set; }
}

/// <summary>What a deleted incident leaves, so that a service that starts over learns of the deletion.</summary>
internal sealed class Tombstone
{
    public long IncidentId { get; set; }
    public long Version { get; set; }

    public IncidentChanged ToEvent() => new() { Id = IncidentId, Version = Version, Deleted = true };
}

/// <summary>Beginning and end of every change of an incident.</summary>
internal static class IncidentChanges
{
    /// <summary>The incident with its monitors and its whole timeline, locked; 404 where there is none any more.</summary>
    public static async Task<Incident> LockIncidentAsync(this Change<IncidentsDb> change, long id, CancellationToken cancel)
    {
        var incident = await change.LockAsync<Incident>(id, cancel) ?? throw IncidentId.NotFound(id);
        await change.Db.AffectedMonitors.Where(link => link.IncidentId == id).Include(link => link.Monitor).LoadAsync(cancel);
        await change.Db.Updates.Where(update => update.IncidentId == id).LoadAsync(cancel);
        return incident;
    }

    /// <summary>Records the incident's new version, tells the others, and notes who did it.</summary>
    public static async Task SealAsync(this Change<IncidentsDb> change, Incident incident, string action, CancellationToken cancel)
    {
        incident.UpdatedMs = change.NowMs;
        // New rows need their ids before they can be told.
        await change.FlushAsync(cancel);
        change.Record(incident.ToEvent(), action);
    }

    /// <summary>Removes the incident, and leaves its tombstone.</summary>
    public static void Bury(this Change<IncidentsDb> change, Incident incident)
    {
        var tombstone = new Tombstone { IncidentId = incident.Id, Version = incident.Version };
        change.Db.Incidents.Remove(incident);
        change.Db.Tombstones.Add(tombstone);
        change.Record(tombstone.ToEvent(), "incident.deleted");
    }

    private static void Record(this Change<IncidentsDb> change, IncidentChanged now, string action)
    {
        change.Db.Versions.Add(new IncidentVersion
        {
            IncidentId = now.Id,
            Version = now.Version,
            AtMs = change.NowMs,
            Actor = change.Actor,
            Document = JsonSerializer.Serialize(now, JsonSerializerOptions.Web),
        });
        change.Publish($"incident/{now.Id}", () => now);
        change.Note(action, "incident", () => now.Id, new { now.Version });
    }
}
