using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Kener.Contracts;
using Kener.Persistence;

namespace Kener.Incidents.Incidents;

/// <summary>An incident as API v4 returns it; lists omit the type.</summary>
internal sealed record IncidentResponse(
    long Id, string Title,
    [property: Description("Unix seconds.")] long StartDateTime,
    [property: Description("Unix seconds; null while the incident is open.")] long? EndDateTime,
    [property: AllowedValues("INVESTIGATING", "IDENTIFIED", "MONITORING", "RESOLVED")] string State,
    [property: Description("Not in lists."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? IncidentType,
    string IncidentSource, IReadOnlyList<AffectedMonitorResponse> Monitors, string CreatedAt, string UpdatedAt,
    [property: Description("Address of the incident's page.")] string Url,
    [property: AllowedValues("YES", "NO"), Description("Whether it is shown on all pages, not only on those with an affected monitor.")] string IsGlobal)
{
    public static IncidentResponse Of(Incident incident, string siteUrl) => new(
        incident.Id, incident.Title, incident.Start, incident.End, incident.State.ToWord(), incident.Type, incident.Source.ToWord(),
        [.. incident.Monitors.OrderBy(link => link.Position).Select(link => new AffectedMonitorResponse(link.Monitor.Tag, link.Impact.ToWord()))],
        ApiResponse.Iso(incident.CreatedMs), ApiResponse.Iso(incident.UpdatedMs), $"{siteUrl}/incidents/{incident.Id}", incident.IsGlobal ? "YES" : "NO");
}

/// <summary>A monitor of an incident as API v4 returns it.</summary>
internal sealed record AffectedMonitorResponse(string MonitorTag, [property: AllowedValues("UP", "DOWN", "DEGRADED", "MAINTENANCE")] string Impact);

/// <summary>The response with a list of incidents.</summary>
internal sealed record IncidentList(IEnumerable<IncidentResponse> Incidents);

/// <summary>The response with one incident.</summary>
internal sealed record OneIncident(IncidentResponse Incident);
