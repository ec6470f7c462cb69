using Kener.Contracts;
using Kener.Persistence;

namespace Kener.Incidents;

/// <summary>An update as API v4 returns it.</summary>
internal sealed record UpdateAnswer(long Id, long IncidentId, string Comment, long Timestamp, string State, string CreatedAt, string UpdatedAt)
{
    public static UpdateAnswer Of(Update update) => new(
        update.Id, update.IncidentId, update.Markdown, update.At, update.State.ToWord(), ApiAnswer.Iso(update.CreatedMs), ApiAnswer.Iso(update.UpdatedMs));
}
