using Kener.Incidents.Database;
using Kener.Incidents.Incidents;
using Kener.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Updates;

/// <summary>GET /api/v4/incidents/{id}/comments: by their own time, newest first, then by id (Behavior: INC-6).</summary>
internal static class ListUpdates
{
    public static async Task<IResult> HandleAsync(string id, IncidentsDb db, CancellationToken cancel)
    {
        var incident = await db.ExistingAsync(id, cancel);
        var updates = await db.Updates.AsNoTracking().Where(update => update.IncidentId == incident).Where(UpdateId.IsActive)
            .OrderByDescending(update => update.At).ThenByDescending(update => update.Id).ToListAsync(cancel);
        return ApiResponse.Of(new UpdateList(updates.Select(UpdateResponse.Of)));
    }
}
