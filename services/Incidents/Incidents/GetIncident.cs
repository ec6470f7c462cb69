using Kener.Incidents.Database;
using Kener.Incidents.Site;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Incidents.Incidents;

/// <summary>GET /api/v4/incidents/{id}.</summary>
internal static class GetIncident
{
    public static async Task<IResult> HandleAsync(string id, IncidentsDb db, IOptions<KenerSettings> settings, CancellationToken cancel)
    {
        var known = await db.ExistingAsync(id, cancel);
        var incident = await db.Incidents.AsNoTracking().AsSplitQuery().Include(row => row.Monitors).ThenInclude(link => link.Monitor)
            .FirstOrDefaultAsync(row => row.Id == known, cancel) ?? throw IncidentId.NotFound(id);
        return ApiResponse.Of(new OneIncident(IncidentResponse.Of(incident, await db.SiteUrlAsync(settings.Value, cancel))));
    }
}
