using Kener.ServiceDefaults.DeadLetters;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Persistence.DeadLetters;

/// <summary>Lists the newest dead letters of a module, without the events themselves, which may be large.</summary>
internal static class ListDeadLetters
{
    private const int Most = 200;

    public static async Task HandleAsync<TDb>(HttpContext context, string service) where TDb : ModuleDb =>
        await DeadLetterResponse.WriteAsync(context, await ReadAsync(context.RequestServices.GetRequiredService<TDb>(), service, context.RequestAborted));

    public static async Task<DeadLetterList> ReadAsync(ModuleDb db, string service, CancellationToken cancel)
    {
        var newest = await db.DeadLetters.AsNoTracking().OrderByDescending(dead => dead.Id).Take(Most)
            .Select(dead => new DeadLetterEntry(dead.Id, service, dead.Type, dead.Subject, dead.Error, dead.DeadMs / 1000)).ToListAsync(cancel);
        return new DeadLetterList(service, newest.Count < Most ? newest.Count : await db.DeadLetters.CountAsync(cancel), newest);
    }
}
