using System.Security.Claims;
using Kener.Incidents.Database;
using Kener.Incidents.Incidents;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;

namespace Kener.Incidents.Updates;

/// <summary>PATCH /api/v4/incidents/{id}/comments/{updateId}: sets the fields that were sent.</summary>
internal static class EditUpdate
{
    public static async Task<IResult> HandleAsync(
        string id, string updateId, HttpRequest request, ClaimsPrincipal user, IncidentsDb db, Changes<IncidentsDb> changes, CancellationToken cancel)
    {
        var known = await db.UpdateAsync(await db.ExistingAsync(id, cancel), updateId, cancel);
        var input = UpdateInput.Read(await InputBody.ReadAsync(request, cancel));
        var changed = await changes.CommitAsync(user.Subject(), async change =>
        {
            var incident = await change.LockIncidentAsync(known.IncidentId, cancel);
            var update = incident.ActiveUpdate(known.Id);
            incident.Edit(update, input, change.NowMs);
            await change.RecordVersionAsync(incident, "incident.update.changed", cancel, update);
            return update;
        }, cancel);
        return ApiResponse.Of(new OneUpdate(UpdateResponse.Of(changed)));
    }
}
