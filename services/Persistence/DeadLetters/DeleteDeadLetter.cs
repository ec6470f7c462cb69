using Kener.ServiceDefaults;
using Microsoft.AspNetCore.Http;

namespace Kener.Persistence;

internal static class DeleteDeadLetter
{
    public static async Task<IResult> HandleAsync<TDb>(string id, HttpContext context, Changes<TDb> changes, CancellationToken cancel) where TDb : ModuleDb
    {
        var letterId = DeadLetterAnswer.Id(id);
        await changes.CommitAsync(context.User.Subject(), async change =>
        {
            var dead = await change.TakeAsync(letterId, cancel);
            change.Note("dead_letter.deleted", "dead_letter", () => letterId, new { dead.Type, dead.Subject });
        }, cancel);
        return DeadLetterAnswer.Done($"Dead letter with id '{letterId}' deleted successfully");
    }
}
