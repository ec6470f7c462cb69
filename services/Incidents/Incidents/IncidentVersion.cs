using System.Text.Json;
using System.Text.Json.Serialization;
using Kener.Contracts;
using Kener.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents;

/// <summary>One change of an incident. The rows of one incident together are its history; they are deleted with it.</summary>
internal sealed class IncidentVersion
{
    /// <summary>An incident keeps its newest changes only: updates are bounded, edits of them are not.</summary>
    public const int MostKept = 1_000;

    public long IncidentId { get; set; }
    public long Version { get; set; }
    public long AtMs { get; set; }
    public required string Actor { get; set; }
    /// <summary>What changed, as JSON: see <see cref="IncidentChange"/>. An earlier build wrote the whole <see cref="IncidentChanged"/>.</summary>
    public required string Document { get; set; }
}

/// <summary>
/// What one change made of an incident: its own fields, the one update that was written, and the monitors where they were set. It does not
/// grow with the updates before it.
/// </summary>
internal sealed record IncidentChange(string Action, string Title, long Start, long? End, string State, bool IsGlobal)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UpdateChange? Update { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IncidentLink>? Monitors { get; init; }
}

/// <summary>An update after a change of it; the text only where that was written.</summary>
internal sealed record UpdateChange(
    long Id, long At, string State, string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Markdown);

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

    /// <summary>Records what changed, with the <paramref name="update"/> that was written if any; publishes the incident, and notes who did it.</summary>
    public static async Task SealAsync(
        this Change<IncidentsDb> change, Incident incident, string action, CancellationToken cancel, Update? update = null, bool withMonitors = false)
    {
        incident.UpdatedMs = change.NowMs;
        var isNewUpdate = update is { Id: 0 };
        var writesText = isNewUpdate || (update is not null && change.Db.Entry(update).Property(row => row.Markdown).IsModified);
        // New rows need their ids before they can be told.
        await change.FlushAsync(cancel);
        var now = incident.ToEvent();
        var what = new IncidentChange(action, now.Title, now.Start, now.End, now.State.ToWord(), now.IsGlobal)
        {
            Update = update is null ? null : new UpdateChange(
                update.Id, update.At, update.State.ToWord(), update.Status.ToString().ToUpperInvariant(), writesText ? update.Markdown : null),
            Monitors = withMonitors ? now.Monitors : null,
        };
        change.Db.Versions.Add(new IncidentVersion
        {
            IncidentId = now.Id,
            Version = now.Version,
            AtMs = change.NowMs,
            Actor = change.Actor,
            Document = JsonSerializer.Serialize(what, JsonSerializerOptions.Web),
        });
        // New updates are bounded themselves.
        if (!isNewUpdate) await change.ForgetOldAsync(now.Id, cancel);
        change.Send(now, action);
    }

    /// <summary>Removes the incident with its history, and leaves its tombstone; 404 where there is none any more.</summary>
    public static async Task BuryAsync(this Change<IncidentsDb> change, long id, CancellationToken cancel)
    {
        var incident = await change.LockAsync<Incident>(id, cancel) ?? throw IncidentId.NotFound(id);
        var tombstone = new Tombstone { IncidentId = id, Version = incident.Version };
        await change.Db.Versions.Where(row => row.IncidentId == id).ExecuteDeleteAsync(cancel);
        await change.Db.Updates.Where(row => row.IncidentId == id).ExecuteDeleteAsync(cancel);
        await change.Db.AffectedMonitors.Where(row => row.IncidentId == id).ExecuteDeleteAsync(cancel);
        change.Db.Incidents.Remove(incident);
        change.Db.Tombstones.Add(tombstone);
        change.Send(tombstone.ToEvent(), "incident.deleted");
    }

    private static async Task ForgetOldAsync(this Change<IncidentsDb> change, long id, CancellationToken cancel)
    {
        var versions = change.Db.Versions.Where(row => row.IncidentId == id);
        // One less than is kept: the present change is not written yet.
        var oldest = await versions.OrderByDescending(row => row.Version).Select(row => (long?)row.Version).Skip(IncidentVersion.MostKept - 1).FirstOrDefaultAsync(cancel);
        if (oldest is { } last) await versions.Where(row => row.Version <= last).ExecuteDeleteAsync(cancel);
    }

    private static void Send(this Change<IncidentsDb> change, IncidentChanged now, string action)
    {
        change.Publish($"incident/{now.Id}", () => now);
        change.Note(action, "incident", () => now.Id, new { now.Version });
    }
}
