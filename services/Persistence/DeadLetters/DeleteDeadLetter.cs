using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Persistence.DeadLetters;

internal static class DeleteDeadLetter
{
    public static async Task HandleAsync<TDb>(HttpContext context) where TDb : ModuleDb
    {
        var (letterId, cancel) = (DeadLetterResponse.IdOf(context), context.RequestAborted);
        await context.RequestServices.GetRequiredService<Changes<TDb>>().CommitAsync(context.User.Subject(), async change =>
        {
            var dead = await change.TakeAsync(letterId, cancel);
            change.Audit("dead_letter.deleted", "dead_letter", () => letterId, new { dead.Type, dead.Subject });
        }, cancel);
        await DeadLetterResponse.DoneAsync(context, $"Dead letter with id '{letterId}' deleted successfully");
    }
}
