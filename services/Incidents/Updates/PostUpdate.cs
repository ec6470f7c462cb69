using System.Security.Claims;
using System.Text.Json;
using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;

namespace Kener.Incidents;

/// <summary>POST /api/v4/incidents/{id}/comments: the incident takes the update's state.</summary>
internal static class PostUpdate
{
    private sealed record Wanted(string Comment, long? At, IncidentState State)
    {
        public static Wanted From(JsonElement body)
        {
            var comment = UpdateFields.Comment(body.Given("comment"));
            long? at = body.Given("timestamp") is { } timestamp ? UpdateFields.Timestamp(timestamp) : null;
            return new Wanted(comment, at, UpdateFields.State(body.Given("state") ?? throw Refusal.BadRequest("state is required")));
        }
    }

    public static async Task<IResult> HandleAsync(
        string id, HttpRequest request, ClaimsPrincipal user, IncidentsDb db, Changes<IncidentsDb> changes, CancellationToken cancel)
    {
        var known = IncidentId.Parse(id);
        var wanted = await db.WantedAsync(id, request, Wanted.From, cancel);
        var posted = await changes.CommitAsync(user.Subject(), async change =>
        {
            var incident = await change.LockIncidentAsync(known, cancel);
            var update = incident.Post(wanted.Comment, wanted.State, wanted.At ?? Minutes.Floor(change.Now), change.NowMs);
            await change.SealAsync(incident, "incident.update.posted", cancel, update);
            return update;
        }, cancel);
        return ApiAnswer.Of(new { comment = UpdateAnswer.Of(posted) }, StatusCodes.Status201Created);
    }
}
