using System.Text.Json.Serialization;
using Kener.Contracts;
using Kener.Persistence;

namespace Kener.Incidents;

/// <summary>An incident as API v4 returns it; lists omit the type.</summary>
internal sealed record IncidentAnswer(
    long Id, string Title, long StartDateTime, long? EndDateTime, string State,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? IncidentType,
    string IncidentSource, IReadOnlyList<AffectedMonitorAnswer> Monitors, string CreatedAt, string UpdatedAt, string Url, string IsGlobal)
{
    public static IncidentAnswer Of(Incident incident, string siteUrl) => new(
        incident.Id, incident.Title, incident.Start, incident.End, incident.State.ToWord(), incident.Type, incident.Source.ToWord(),
        [.. incident.Monitors.OrderBy(link => link.Position).Select(link => new AffectedMonitorAnswer(link.Monitor.Tag, link.Impact.ToWord()))],
        ApiAnswer.Iso(incident.CreatedMs), ApiAnswer.Iso(incident.UpdatedMs), $"{siteUrl}/incidents/{incident.Id}", incident.IsGlobal ? "YES" : "NO");
}

/// <summary>An affected monitor as API v4 returns it.</summary>
internal sealed record AffectedMonitorAnswer(string MonitorTag, string Impact);
