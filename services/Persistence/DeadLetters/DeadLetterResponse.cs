using System.Globalization;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.OpenApi;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence.DeadLetters;

/// <summary>Responses about dead letters, and what the endpoints of one dead letter share.</summary>
internal static class DeadLetterResponse
{
    public static Task WriteAsync(HttpContext context, object answer) => ApiResponse.Of(answer).ExecuteAsync(context);

    public static Task DoneAsync(HttpContext context, string message) => WriteAsync(context, new MessageAnswer(message));

    public static long IdOf(HttpContext context)
    {
        var text = context.Request.RouteValues["id"] as string;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw NotFound(text);
    }

    /// <summary>Deletes the dead letter and returns it; 404 if it does not exist. Of two concurrent requests, one gets it.</summary>
    public static async Task<DeadLetter> TakeAsync<TDb>(this Change<TDb> change, long id, CancellationToken cancel) where TDb : ModuleDb
    {
        var dead = await change.Db.DeadLetters.AsNoTracking().FirstOrDefaultAsync(letter => letter.Id == id, cancel);
        var taken = await change.Db.DeadLetters.Where(letter => letter.Id == id).ExecuteDeleteAsync(cancel);
        return taken == 1 && dead is not null ? dead : throw NotFound(id);
    }

    private static Refusal NotFound(object? id) => Refusal.NotFound($"Dead letter with id '{id}' not found");
}
