using System.Security.Claims;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Incidents;

/// <summary>PATCH /api/v4/incidents/{id}: sets the fields that were sent. The state cannot be set here; it follows the updates.</summary>
internal static class EditIncident
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
            await change.SealAsync(incident, "incident.changed", cancel, withMonitors: input.Monitors.IsSent);
            return incident;
        }, cancel);
        return ApiAnswer.Of(new OneIncident(IncidentAnswer.Of(changed, siteUrl)));
    }
}
