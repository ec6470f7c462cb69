namespace Aspire.StackExchange.Redis;

/// <summary>Aspire's settings of a Redis client.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>The connection string.</summary>
    public string? ConnectionString { get; set; }
    /// <summary>No health check.</summary>
    public bool DisableHealthChecks { get; set; }
    /// <summary>No traces. There are none yet: the instrumentation that Aspire brings along can not be had as a package.</summary>
    public bool DisableTracing { get; set; }
    /// <summary>Connect at first use, not at the start.</summary>
    public bool DisableAutoActivation { get; set; } = true;
}
