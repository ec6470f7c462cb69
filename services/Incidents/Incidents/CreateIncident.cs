using System.Security.Claims;
using Kener.Contracts;
using Kener.Incidents.Database;
using Kener.Incidents.Monitors;
using Kener.Incidents.Site;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;
using Microsoft.Extensions.Options;

namespace Kener.Incidents.Incidents;

/// <summary>POST /api/v4/incidents.</summary>
internal static class CreateIncident
{
    public static async Task<IResult> HandleAsync(
        HttpRequest request, ClaimsPrincipal user, IncidentsDb db, Changes<IncidentsDb> changes, ReferenceWait wait,
        IOptions<KenerSettings> settings, CancellationToken cancel)
    {
        var input = IncidentInput.Read(await InputBody.ReadAsync(request, cancel));
        await db.WaitForMonitorsAsync(wait, input.Monitors.Or([]), cancel);
        var siteUrl = await db.SiteUrlAsync(settings.Value, cancel);
        var made = await changes.CommitAsync(user.Subject(), async change =>
        {
            var incident = new Incident { Source = IncidentSource.Api, CreatedMs = change.NowMs };
            incident.Apply(input);
            incident.SetMonitors(await change.LockMonitorsAsync(input.Monitors.Or([]), cancel));
            change.Db.Incidents.Add(incident);
            await change.RecordVersionAsync(incident, "incident.created", cancel, withMonitors: true);
            return incident;
        }, cancel);
        return ApiResponse.Of(new OneIncident(IncidentResponse.Of(made, siteUrl)), StatusCodes.Status201Created);
    }
}
