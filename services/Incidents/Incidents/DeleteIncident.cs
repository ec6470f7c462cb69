using System.Security.Claims;
using Kener.Incidents.Database;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;

namespace Kener.Incidents.Incidents;

/// <summary>DELETE /api/v4/incidents/{id}: also deletes its updates, links and history; a tombstone and the audit stay (Behavior: INC-11).</summary>
internal static class DeleteIncident
{
    public static async Task<IResult> HandleAsync(
        string id, ClaimsPrincipal user, Changes<IncidentsDb> changes, CancellationToken cancel)
    {
        var known = IncidentId.Parse(id);
        await changes.CommitAsync(user.Subject(), async change => await change.DeleteIncidentAsync(known, cancel), cancel);
        return ApiResponse.Of(new MessageAnswer($"Incident with id '{known}' deleted successfully"));
    }
}
