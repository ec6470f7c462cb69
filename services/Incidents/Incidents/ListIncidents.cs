using System.Globalization;
using Kener.Incidents.Database;
using Kener.Incidents.Site;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Incidents.Incidents;

/// <summary>GET /api/v4/incidents: the newest 1,000 that match.</summary>
internal static class ListIncidents
{
    private const int Most = 1_000;

    public static async Task<IResult> HandleAsync(HttpRequest request, IncidentsDb db, IOptions<KenerSettings> settings, CancellationToken cancel)
    {
        var incidents = db.Incidents.AsNoTracking();
        if (Seconds(request, "start_ts") is { } start) incidents = incidents.Where(incident => incident.Start >= start);
        if (Seconds(request, "end_ts") is { } to) incidents = incidents.Where(incident => incident.Start <= to);
        if (Tags(request) is { Length: > 0 } tags)
            incidents = incidents.Where(incident => incident.Monitors.Any(link => EF.Parameter(tags).Contains(link.Monitor.Tag)));
        // In a single query, SQLite would join the links of all incidents before it filters them.
        var found = await incidents.OrderByDescending(incident => incident.Id).Take(Most).AsSplitQuery()
            .Include(incident => incident.Monitors).ThenInclude(link => link.Monitor).ToListAsync(cancel);
        var siteUrl = await db.SiteUrlAsync(settings.Value, cancel);
        return ApiResponse.Of(new IncidentList(found.Select(incident => IncidentResponse.Of(incident, siteUrl) with { IncidentType = null })));
    }

    private static long? Seconds(HttpRequest request, string name) =>
        long.TryParse(request.Query[name], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    /// <summary>Returns the tags of the filter. NUL, which PostgreSQL rejects and no tag contains, is replaced by a space.</summary>
    private static string[] Tags(HttpRequest request) => request.Query["monitor_tags"].ToString().Replace('\0', ' ')
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
