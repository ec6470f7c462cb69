using System.Globalization;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents;

/// <summary>The incident that an address names.</summary>
internal static class IncidentId
{
    public static Refusal NotFound(object id) => Refusal.NotFound($"Incident with id '{id}' not found");

    /// <summary>The id in the address, of an incident that exists; 404 for anything else. Asked before the body is read.</summary>
    public static async Task<long> ExistingAsync(this IncidentsDb db, string text, CancellationToken cancel) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && await db.Incidents.AnyAsync(incident => incident.Id == id, cancel) ? id : throw NotFound(text);
}
