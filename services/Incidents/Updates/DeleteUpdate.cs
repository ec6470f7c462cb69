using System.Security.Claims;
using Kener.Incidents.Database;
using Kener.Incidents.Incidents;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;

namespace Kener.Incidents.Updates;

/// <summary>
/// DELETE /api/v4/incidents/{id}/comments/{updateId}: removes the update from the timeline; the incident's state follows the remaining updates.
/// </summary>
internal static class DeleteUpdate
{
    public static async Task<IResult> HandleAsync(
        string id, string updateId, ClaimsPrincipal user, IncidentsDb db, Changes<IncidentsDb> changes, CancellationToken cancel)
    {
        var known = await db.UpdateAsync(await db.ExistingAsync(id, cancel), updateId, cancel);
        await changes.CommitAsync(user.Subject(), async change =>
        {
            var incident = await change.LockIncidentAsync(known.IncidentId, cancel);
            var update = incident.ActiveUpdate(known.Id);
            incident.SetStatus(update, UpdateStatus.Deleted, change.NowMs);
            await change.RecordVersionAsync(incident, "incident.update.deleted", cancel, update);
        }, cancel);
        return ApiResponse.Of(new MessageAnswer($"Comment with id '{known.Id}' deleted successfully"));
    }
}
