using System.Globalization;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents;

/// <summary>The incident that an address names.</summary>
internal static class IncidentId
{
    public static Refusal NotFound(object id) => Refusal.NotFound($"Incident with id '{id}' not found");

    /// <summary>The id in the address; 404 for what can be none. Whether there is such an incident tells who locks it.</summary>
    public static long Parse(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw NotFound(text);

    /// <summary>The same, of an incident that exists; 404 for anything else.</summary>
    public static async Task<long> ExistingAsync(this IncidentsDb db, string text, CancellationToken cancel) =>
        Parse(text) is var id && await db.Incidents.AnyAsync(incident => incident.Id == id, cancel) ? id : throw NotFound(text);

    /// <summary>What the body wants of the incident in the address. One that is not there is 404 whatever is wanted of it; else it is not asked for here.</summary>
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
