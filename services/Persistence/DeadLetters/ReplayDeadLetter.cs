using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.AspNetCore.Http;

namespace Kener.Persistence;

/// <summary>
/// Sends the event of a dead letter again, from this module's outbox: all who consume such events get it, and those who had it ignore it by
/// its version (architecture rule 2).
/// </summary>
internal static class ReplayDeadLetter
{
    public static async Task<IResult> HandleAsync<TDb>(string id, HttpContext context, Changes<TDb> changes, CancellationToken cancel) where TDb : ModuleDb
    {
        var letterId = DeadLetterAnswer.Id(id);
        await changes.CommitAsync(context.User.Subject(), async change =>
        {
            var dead = await change.TakeAsync(letterId, cancel);
            if (EventTypes.Find(dead.Type) is null) throw new Refusal(StatusCodes.Status409Conflict, "CONFLICT", $"No event is called '{dead.Type}' here: it can only be deleted");
            change.Db.Outbox.Add(new OutboxRow { MessageId = dead.MessageId, Type = dead.Type, Payload = dead.Payload, Subject = dead.Subject, CreatedMs = change.NowMs });
            change.Note("dead_letter.replayed", "dead_letter", () => letterId, new { dead.Type, dead.Subject });
        }, cancel);
        return DeadLetterAnswer.Done($"Dead letter with id '{letterId}' is sent again");
    }
}
