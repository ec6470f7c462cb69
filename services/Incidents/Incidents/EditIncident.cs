using System.Security.Claims;
using System.Text.Json;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Incidents;

/// <summary>PATCH /api/v4/incidents/{id}: what is sent is set, the rest stays. Its updates alone move its state.</summary>
internal static class EditIncident
{
    private sealed record Edit(string? Title, long? Start, bool SetsEnd, long? End, bool? IsGlobal, IReadOnlyList<WantedMonitor>? Monitors)
    {
        public static Edit From(JsonElement body)
        {
            if (body.Has("state", out _)) throw Refusal.BadRequest("state can not be set here; post a comment with the new state");
            var setsEnd = body.Has("end_date_time", out var end);
            return new Edit(
                body.Has("title", out var title) ? IncidentFields.Title(title) : null,
                body.Has("start_date_time", out var start) ? IncidentFields.Start(start) : null,
                setsEnd, setsEnd ? IncidentFields.End(end) : null,
                body.Has("is_global", out var global) ? IncidentFields.IsGlobal(global) : null,
                body.Has("monitors", out var monitors) ? IncidentFields.Monitors(monitors) : null);
        }

        public void ApplyTo(Incident incident)
        {
            if (Title is not null) incident.Rename(Title);
            incident.IsGlobal = IsGlobal ?? incident.IsGlobal;
            if (Start is not null || SetsEnd) incident.SetTimes(Start ?? incident.Start, SetsEnd ? End : incident.End);
        }
    }

    public static async Task<IResult> HandleAsync(
        string id, HttpRequest request, ClaimsPrincipal user, IncidentsDb db, Changes<IncidentsDb> changes, ReferenceWait wait,
        IOptions<KenerSettings> settings, CancellationToken cancel)
    {
        var known = await db.ExistingAsync(id, cancel);
        var edit = Edit.From(await JsonBody.ReadAsync(request, cancel));
        await db.WaitForMonitorsAsync(wait, edit.Monitors ?? [], cancel);
        var siteUrl = await db.SiteUrlAsync(settings.Value, cancel);
        var changed = await changes.CommitAsync(user.Subject(), async change =>
        {
            var incident = await change.LockIncidentAsync(known, cancel);
            edit.ApplyTo(incident);
            if (edit.Monitors is { } monitors) incident.SetMonitors(await change.LockMonitorsAsync(monitors, cancel));
            await change.SealAsync(incident, "incident.changed", cancel, withMonitors: edit.Monitors is not null);
            return incident;
        }, cancel);
        return ApiAnswer.Of(new { incident = IncidentAnswer.Of(changed, siteUrl) });
    }
}
