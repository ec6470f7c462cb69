using Kener.ServiceDefaults.Health;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Persistence.DeadLetters;

/// <summary>Counts a module's dead letters: each is an event that a service lacks until a person replays or deletes it.</summary>
internal sealed class DeadLetterCount<TDb>(TDb db) : IHealthCheck where TDb : ModuleDb
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var count = await db.DeadLetters.CountAsync(cancellationToken);
        return Watch.Result("kener.dead_letters", "{event}", count, count > 0 ? $"Events that could not be delivered or processed: {count}" : null);
    }
}
