using Kener.Persistence.Commit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Persistence.Providers;

/// <summary>
/// Unhealthy if the module's database cannot be reached. Degraded while it can be read but not written: the process goes on serving, and
/// <c>/health</c> says what is wrong.
/// </summary>
internal sealed class DatabaseCheck<TDb>(TDb db, WriteHealth<TDb> writes) : IHealthCheck where TDb : ModuleDb
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!await db.Database.CanConnectAsync(cancellationToken)) return HealthCheckResult.Unhealthy("The database cannot be reached");
        if (db.IsPostgres && await IsReadOnlyAsync(cancellationToken)) return Degraded(OutageKind.ReadOnly);
        return writes.Problem is { } problem ? Degraded(problem) : HealthCheckResult.Healthy();
    }

    /// <summary>Returns whether PostgreSQL is read-only, as a standby is too.</summary>
    private async Task<bool> IsReadOnlyAsync(CancellationToken cancel)
    {
        var isReadOnly = (await db.Database.SqlQueryRaw<bool>("SELECT current_setting('transaction_read_only')::boolean AS \"Value\"").ToListAsync(cancel))[0];
        writes.Noted(db, isReadOnly);
        return isReadOnly;
    }

    private static HealthCheckResult Degraded(OutageKind kind) => HealthCheckResult.Degraded(DatabaseOutage.ReasonOf(kind));
}
