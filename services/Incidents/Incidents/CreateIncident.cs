using System.Security.Claims;
using System.Text.Json;
using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Incidents;

/// <summary>POST /api/v4/incidents.</summary>
internal static class CreateIncident
{
    private sealed record Wanted(string Title, long Start, long? End, bool IsGlobal, IReadOnlyList<WantedMonitor> Monitors)
    {
        public static Wanted From(JsonElement body)
        {
            var title = IncidentFields.Title(body.Given("title"));
            var start = IncidentFields.Start(body.Given("start_date_time") ?? throw Refusal.BadRequest("start_date_time is required"));
            return new Wanted(title, start,
                body.Has("end_date_time", out var end) ? IncidentFields.End(end) : null,
                !body.Has("is_global", out var global) || IncidentFields.IsGlobal(global),
                body.Has("monitors", out var monitors) ? IncidentFields.Monitors(monitors) : []);
        }
    }

    public static async Task<IResult> HandleAsync(
        HttpRequest request, ClaimsPrincipal user, IncidentsDb db, Changes<IncidentsDb> changes, ReferenceWait wait,
        IOptions<KenerSettings> settings, CancellationToken cancel)
    {
        var wanted = Wanted.From(await JsonBody.ReadAsync(request, cancel));
        await db.WaitForMonitorsAsync(wait, wanted.Monitors, cancel);
        var siteUrl = await db.SiteUrlAsync(settings.Value, cancel);
        var made = await changes.CommitAsync(user.Subject(), async change =>
        {
            var incident = new Incident
            {
                Title = wanted.Title,
                Source = IncidentSource.Api,
                IsGlobal = wanted.IsGlobal,
                CreatedMs = change.NowMs,
            };
            incident.SetTimes(wanted.Start, wanted.End);
            incident.SetMonitors(await change.LockMonitorsAsync(wanted.Monitors, cancel));
            change.Db.Incidents.Add(incident);
            await change.SealAsync(incident, "incident.created", cancel, withMonitors: true);
            return incident;
        }, cancel);
        return ApiAnswer.Of(new { incident = IncidentAnswer.Of(made, siteUrl) }, StatusCodes.Status201Created);
    }
}
