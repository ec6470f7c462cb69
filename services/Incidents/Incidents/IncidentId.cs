using System.Globalization;
using Kener.Incidents.Database;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Incidents;

/// <summary>Resolves the incident id in a request's path.</summary>
internal static class IncidentId
{
    public static Refusal NotFound(object id) => Refusal.NotFound($"Incident with id '{id}' not found");

    /// <summary>Parses the id; 404 if it is not a number. Existence is checked when the row is locked.</summary>
    public static long Parse(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw NotFound(text);

    /// <summary>Parses the id and checks that the incident exists; 404 otherwise.</summary>
    public static async Task<long> ExistingAsync(this IncidentsDb db, string text, CancellationToken cancel) =>
        Parse(text) is var id && await db.Incidents.AnyAsync(incident => incident.Id == id, cancel) ? id : throw NotFound(text);

    /// <summary>Reads the input. Checks that the incident exists only if the body is invalid, since 404 comes first (Behavior: API-19).</summary>
    public static async Task<T> WantedAsync<T>(this IncidentsDb db, string text, HttpRequest request, Func<InputBody, T> from, CancellationToken cancel)
    {
        try
        {
            return from(await InputBody.ReadAsync(request, cancel));
        }
        catch (Refusal)
        {
            await db.ExistingAsync(text, cancel);
            throw;
        }
    }
}
