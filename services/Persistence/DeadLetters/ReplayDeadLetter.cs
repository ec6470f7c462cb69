using System.Text.Json;
using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Persistence.DeadLetters;

/// <summary>
/// Publishes the event of a dead letter again, from this module's outbox. All consumers of the event receive it; those that have processed it
/// ignore it by its version (Behavior: ARC-2).
/// </summary>
internal static class ReplayDeadLetter
{
    public static async Task HandleAsync<TDb>(HttpContext context) where TDb : ModuleDb
    {
        var (letterId, cancel) = (DeadLetterResponse.IdOf(context), context.RequestAborted);
        await context.RequestServices.GetRequiredService<Changes<TDb>>().CommitAsync(context.User.Subject(), async change =>
        {
            var dead = await change.TakeAsync(letterId, cancel);
            if (EventTypes.Find(dead.Type) is null) throw Conflict($"No event is called '{dead.Type}' here: it can only be deleted");
            if (!IsReadable(dead)) throw Conflict($"It cannot be read as '{dead.Type}': it can only be deleted");
            change.Db.Outbox.Add(new OutboxRow
            {
                MessageId = dead.MessageId,
                Type = dead.Type,
                Payload = dead.Payload,
                Subject = dead.Subject,
                CreatedMs = change.NowMs,
                TraceParent = KenerTraces.CurrentId,
            });
            change.Audit("dead_letter.replayed", "dead_letter", () => letterId, new { dead.Type, dead.Subject });
        }, cancel);
        await DeadLetterResponse.DoneAsync(context, $"Dead letter with id '{letterId}' is sent again");
    }

    private static Refusal Conflict(string message) => new(StatusCodes.Status409Conflict, "CONFLICT", message);

    /// <summary>Returns whether the event can be read: otherwise it would become a dead letter again.</summary>
    private static bool IsReadable(DeadLetter dead)
    {
        try
        {
            EventJson.Read(dead.Type, dead.Payload);
            return true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or NotSupportedException or FormatException)
        {
            return false;
        }
    }
}
