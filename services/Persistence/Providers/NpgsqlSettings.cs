namespace Aspire.Npgsql.EntityFrameworkCore.PostgreSQL;

/// <summary>Aspire's settings of a PostgreSQL context.</summary>
public sealed class NpgsqlEntityFrameworkCorePostgreSQLSettings
{
    /// <summary>The connection string.</summary>
    public string? ConnectionString { get; set; }
    /// <summary>No retries after passing faults.</summary>
    public bool DisableRetry { get; set; }
    /// <summary>No health check.</summary>
    public bool DisableHealthChecks { get; set; }
    /// <summary>No traces.</summary>
    public bool DisableTracing { get; set; }
    /// <summary>No metrics.</summary>
    public bool DisableMetrics { get; set; }
    /// <summary>Seconds; null for the provider's default.</summary>
    public int? CommandTimeout { get; set; }
}
