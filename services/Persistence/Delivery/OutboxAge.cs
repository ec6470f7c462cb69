using Kener.ServiceDefaults.Health;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Persistence.Delivery;

/// <summary>Watches how long a module's oldest event has waited for delivery.</summary>
internal sealed class OutboxAge<TDb>(TDb db, TimeProvider clock) : IHealthCheck where TDb : ModuleDb
{
    // Ten failed attempts, after which an event becomes a dead letter, take less time, and so does a restart of the broker.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var created = await db.Outbox.OrderBy(row => row.Id).Select(row => (long?)row.CreatedMs).FirstOrDefaultAsync(cancellationToken);
        var age = created is { } ms ? clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(ms) : TimeSpan.Zero;
        return Watch.Result("kener.outbox.age", "s", Math.Max(0, age.TotalSeconds),
            age > Longest ? $"The oldest event has waited {(long)age.TotalMinutes} minutes for its delivery" : null);
    }
}
