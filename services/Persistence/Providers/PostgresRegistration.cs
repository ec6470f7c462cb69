using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence.Providers;

/// <summary>Registers a module's PostgreSQL context with Aspire's package, and replaces the defaults that do not suit Kener.</summary>
internal static class PostgresRegistration
{
    // Three seconds in all: a request should report an outage while its client still waits. The package would retry for minutes.
    private const int Retries = 4;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Registers a pooled context for this connection string. It has no health check of its own: <see cref="DatabaseCheck{TDb}"/> is the module's. A
    /// missing connection string is reported at first use.
    /// </summary>
    public static void AddPostgresContext<TContext>(this IHostApplicationBuilder builder, string connectionName, Action<DbContextOptionsBuilder> configure)
        where TContext : DbContext
    {
        var isQuiet = !builder.Configuration.HasTelemetryTarget();
        var (isMissing, isRetrying) = (false, true);
        // Registered first, so that it runs before the package's own check, whose message names no environment variable.
        builder.Services.ConfigureDbContext<TContext>(_ =>
        {
            if (isMissing) throw new InvalidOperationException($"ConnectionStrings__{connectionName} is missing: set it to a PostgreSQL connection string");
        });
        builder.AddNpgsqlDbContext<TContext>(connectionName, aspire =>
        {
            (aspire.DisableTracing, aspire.DisableMetrics, aspire.DisableHealthChecks) = (isQuiet || aspire.DisableTracing, isQuiet || aspire.DisableMetrics, true);
            (isRetrying, aspire.DisableRetry) = (!aspire.DisableRetry, true);
            isMissing = string.IsNullOrWhiteSpace(aspire.ConnectionString);
            aspire.ConnectionString = PostgresConnection.Tuned(aspire.ConnectionString);
        }, options =>
        {
            if (isRetrying) options.UseNpgsql(npgsql => npgsql.EnableRetryOnFailure(Retries, LongestPause, null));
            configure(options);
        });
    }
}
