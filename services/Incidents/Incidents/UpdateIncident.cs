using System.Security.Claims;
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

/// <summary>PATCH /api/v4/incidents/{id}: sets the fields that were sent. The state cannot be set here; it follows the updates.</summary>
internal static class UpdateIncident
{
    public static async Task<IResult> HandleAsync(
        string id, HttpRequest request, ClaimsPrincipal user, IncidentsDb db, Changes<IncidentsDb> changes, ReferenceWait wait,
        IOptions<KenerSettings> settings, CancellationToken cancel)
    {
        var known = await db.ExistingAsync(id, cancel);
        var input = IncidentInput.Read(await InputBody.ReadAsync(request, cancel));
        await db.WaitForMonitorsAsync(wait, input.Monitors.Or([]), cancel);
        var siteUrl = await db.SiteUrlAsync(settings.Value, cancel);
        var changed = await changes.CommitAsync(user.Subject(), async change =>
        {
            var incident = await change.LockIncidentAsync(known, cancel);
            incident.Apply(input);
            if (input.Monitors.IsSent) incident.SetMonitors(await change.LockMonitorsAsync(input.Monitors.Value, cancel));
            await change.RecordVersionAsync(incident, "incident.changed", cancel, withMonitors: input.Monitors.IsSent);
            return incident;
        }, cancel);
        return ApiResponse.Of(new OneIncident(IncidentResponse.Of(changed, siteUrl)));
    }
}
