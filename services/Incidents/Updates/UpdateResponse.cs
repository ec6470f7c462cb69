using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Kener.Contracts;
using Kener.Persistence;

namespace Kener.Incidents.Updates;

/// <summary>An update as API v4 returns it.</summary>
internal sealed record UpdateResponse(
    long Id, long IncidentId,
    [property: Description("Markdown.")] string Comment,
    [property: Description("Unix seconds.")] long Timestamp,
    [property: AllowedValues("INVESTIGATING", "IDENTIFIED", "MONITORING", "RESOLVED")] string State, string CreatedAt, string UpdatedAt)
{
    public static UpdateResponse Of(Update update) => new(
        update.Id, update.IncidentId, update.Markdown, update.At, update.State.ToWord(), ApiResponse.Iso(update.CreatedMs), ApiResponse.Iso(update.UpdatedMs));
}

/// <summary>The response with a list of updates.</summary>
internal sealed record UpdateList(IEnumerable<UpdateResponse> Comments);

/// <summary>The response with one update.</summary>
internal sealed record OneUpdate(UpdateResponse Comment);
