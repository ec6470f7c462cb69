using System.Security.Claims;
using Kener.Contracts;
using Kener.Incidents.Database;
using Kener.Incidents.Incidents;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Identity;

namespace Kener.Incidents.Updates;

/// <summary>POST /api/v4/incidents/{id}/comments: adds an update; the incident gets the update's state.</summary>
internal static class PostUpdate
{
    public static async Task<IResult> HandleAsync(
        string id, HttpRequest request, ClaimsPrincipal user, IncidentsDb db, Changes<IncidentsDb> changes, CancellationToken cancel)
    {
        var known = IncidentId.Parse(id);
        var input = await db.WantedAsync(id, request, UpdateInput.Read, cancel);
        var posted = await changes.CommitAsync(user.Subject(), async change =>
        {
            var incident = await change.LockIncidentAsync(known, cancel);
            var update = incident.Post(input.Comment.Value, input.State.Value, input.Timestamp.Or(Minutes.Floor(change.Now)), change.NowMs);
            await change.RecordVersionAsync(incident, "incident.update.posted", cancel, update);
            return update;
        }, cancel);
        return ApiResponse.Of(new OneUpdate(UpdateResponse.Of(posted)), StatusCodes.Status201Created);
    }
}
