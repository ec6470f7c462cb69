using System.Text.Json;
using System.Text.Json.Serialization;
using Kener.Contracts;
using Kener.Incidents.Database;
using Kener.Incidents.Updates;
using Kener.Persistence.Commit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Incidents;

/// <summary>One change of an incident. All rows of an incident are its history; they are deleted with it.</summary>
internal sealed class IncidentVersion
{
    /// <summary>The number of changes that are kept: updates are limited in number, edits of them are not (Behavior: INC-13).</summary>
    public const int MostKept = 1_000;

    public long IncidentId { get; set; }
    public long Version { get; set; }
    public long AtMs { get; set; }
    public required string Actor { get; set; }
    /// <summary>What changed, as JSON: see <see cref="IncidentChange"/>. Earlier releases stored the whole <see cref="IncidentChanged"/>.</summary>
    public required string Document { get; set; }
}

/// <summary>
/// The result of one change of an incident: its own fields, the update that was written, if any, and the monitors if they were set. Its size does
/// not grow with the earlier updates.
/// </summary>
internal sealed record IncidentChange(string Action, string Title, long Start, long? End, string State, bool IsGlobal)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UpdateChange? Update { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<IncidentLink>? Monitors { get; init; }
}

/// <summary>An update after the change; the text is included only if it was written.</summary>
internal sealed record UpdateChange(
    long Id, long At, string State, string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Markdown);

/// <summary>What is kept of a deleted incident, so that a replay can publish the deletion again.</summary>
internal sealed class Tombstone
{
    public long IncidentId { get; set; }
    public long Version { get; set; }

    public IncidentChanged ToEvent() => new() { Id = IncidentId, Version = Version, Deleted = true };
}

/// <summary>Begins and completes changes of incidents.</summary>
internal static class IncidentChanges
{
    /// <summary>Locks the incident and loads it with its monitors and all updates; 404 if it does not exist any more.</summary>
    public static async Task<Incident> LockIncidentAsync(this Change<IncidentsDb> change, long id, CancellationToken cancel)
    {
        var incident = await change.LockAsync<Incident>(id, cancel) ?? throw IncidentId.NotFound(id);
        await change.Db.AffectedMonitors.Where(link => link.IncidentId == id).Include(link => link.Monitor).LoadAsync(cancel);
        await change.Db.Updates.Where(update => update.IncidentId == id).LoadAsync(cancel);
        return incident;
    }

    /// <summary>
    /// Adds the change to the history, with the <paramref name="update"/> that was written, if any; publishes the incident, and writes the audit.
    /// </summary>
    public static async Task RecordVersionAsync(
        this Change<IncidentsDb> change, Incident incident, string action, CancellationToken cancel, Update? update = null, bool withMonitors = false)
    {
        incident.UpdatedMs = change.NowMs;
        var isNewUpdate = update is { Id: 0 };
        var writesText = isNewUpdate || (update is not null && change.Db.Entry(update).Property(row => row.Markdown).IsModified);
        // New rows need their ids before the event is created.
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
        // The number of new updates is limited already.
        if (!isNewUpdate) await change.ForgetOldAsync(now.Id, cancel);
        change.Send(now, action);
    }

    /// <summary>Deletes the incident with its history, and leaves a tombstone; 404 if it does not exist any more.</summary>
    public static async Task DeleteIncidentAsync(this Change<IncidentsDb> change, long id, CancellationToken cancel)
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
        // One less than the limit, since the present change is not written yet.
        var oldest = await versions.OrderByDescending(row => row.Version).Select(row => (long?)row.Version).Skip(IncidentVersion.MostKept - 1).FirstOrDefaultAsync(cancel);
        if (oldest is { } last) await versions.Where(row => row.Version <= last).ExecuteDeleteAsync(cancel);
    }

    private static void Send(this Change<IncidentsDb> change, IncidentChanged now, string action)
    {
        change.Publish($"incident/{now.Id}", () => now);
        change.Audit(action, "incident", () => now.Id, new { now.Version });
    }
}
