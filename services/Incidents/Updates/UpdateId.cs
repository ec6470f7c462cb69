using System.Globalization;
using System.Linq.Expressions;
using Kener.Incidents.Database;
using Kener.Incidents.Incidents;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Updates;

/// <summary>Resolves the update id in a request's path.</summary>
internal static class UpdateId
{
    public static readonly Expression<Func<Update, bool>> IsActive = update => update.Status == UpdateStatus.Active;

    public static Refusal NotFound(object update, object incident) =>
        Refusal.NotFound($"Comment with id '{update}' not found for incident '{incident}'");

    /// <summary>Returns the ACTIVE update of this incident; 400 if the id is not a number, 404 if there is no such update.</summary>
    public static async Task<Update> UpdateAsync(this IncidentsDb db, long incident, string text, CancellationToken cancel)
    {
        var digits = text.StartsWith('-') ? text.AsSpan(1) : text;
        if (digits.Length == 0 || digits.ContainsAnyExceptInRange('0', '9')) throw Refusal.BadRequest("Comment ID must be a valid integer");
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
            && await db.Updates.AsNoTracking().Where(IsActive).FirstOrDefaultAsync(update => update.Id == id && update.IncidentId == incident, cancel)
                is { } found ? found : throw NotFound(text, incident);
    }

    /// <summary>Finds the update again inside a change; 404 if it was removed in the meantime.</summary>
    public static Update ActiveUpdate(this Incident incident, long id) =>
        incident.Updates.Find(update => update.Id == id && update.Status == UpdateStatus.Active) ?? throw NotFound(id, incident.Id);
}
