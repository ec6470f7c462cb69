using Kener.Incidents.Database;
using Kener.Incidents.Incidents;
using Kener.Persistence;

namespace Kener.Incidents.Updates;

/// <summary>GET /api/v4/incidents/{id}/comments/{updateId}.</summary>
internal static class GetUpdate
{
    public static async Task<IResult> HandleAsync(string id, string updateId, IncidentsDb db, CancellationToken cancel)
    {
        var incident = await db.ExistingAsync(id, cancel);
        return ApiResponse.Of(new OneUpdate(UpdateResponse.Of(await db.UpdateAsync(incident, updateId, cancel))));
    }
}
