using Kener.Persistence;

namespace Kener.Incidents;

/// <summary>GET /api/v4/incidents/{id}/comments/{updateId}.</summary>
internal static class ReadUpdate
{
    public static async Task<IResult> HandleAsync(string id, string updateId, IncidentsDb db, CancellationToken cancel)
    {
        var incident = await db.ExistingAsync(id, cancel);
        return ApiAnswer.Of(new OneUpdate(UpdateAnswer.Of(await db.UpdateAsync(incident, updateId, cancel))));
    }
}
