using Kener.Persistence;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Bench;

/// <summary>Waits until a module has delivered its events.</summary>
internal static class Drain
{
    /// <summary>Returns when the outbox is empty.</summary>
    public static async Task DrainedAsync<TDb>(this ModuleHost host) where TDb : ModuleDb
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        while (await db.Outbox.AnyAsync()) await Task.Delay(5);
    }
}
