using System.Globalization;
using System.Linq.Expressions;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents;

/// <summary>The update that an address names.</summary>
internal static class UpdateId
{
    public static readonly Expression<Func<Update, bool>> IsActive = update => update.Status == UpdateStatus.Active;

    public static Refusal NotFound(object update, object incident) =>
        Refusal.NotFound($"Comment with id '{update}' not found for incident '{incident}'");

    /// <summary>The active update of that incident and address; 400 for what is no number, 404 for one that is not there.</summary>
    public static async Task<Update> UpdateAsync(this IncidentsDb db, long incident, string text, CancellationToken cancel)
    {
        var digits = text.StartsWith('-') ? text.AsSpan(1) : text;
        if (digits.Length == 0 || digits.ContainsAnyExceptInRange('0', '9')) throw Refusal.BadRequest("Comment ID must be a valid integer");
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
            && await db.Updates.AsNoTracking().Where(IsActive).FirstOrDefaultAsync(update => update.Id == id && update.IncidentId == incident, cancel)
                is { } found ? found : throw NotFound(text, incident);
    }

    /// <summary>The same inside a change: it may be gone since.</summary>
    public static Update ActiveUpdate(this Incident incident, long id) =>
        incident.Updates.Find(update => update.Id == id && update.Status == UpdateStatus.Active) ?? throw NotFound(id, incident.Id);
}
