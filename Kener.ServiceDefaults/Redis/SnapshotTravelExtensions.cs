using Kener.ServiceDefaults.Snapshots;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Kener.ServiceDefaults.Redis;

/// <summary>
/// Registers the transport of snapshots from their owners to the gateway, if these are separate processes. In one process they share the snapshot
/// store.
/// </summary>
public static class SnapshotTravelExtensions
{
    /// <summary>Marks the health check of Redis.</summary>
    public const string RedisTag = "redis";
    private const string Connection = "cache", PackagesCheck = "StackExchange.Redis";
    // The maximum size in bytes of an owner's response over HTTP.
    private const long LargestAnswer = 256 << 20;

    /// <summary>
    /// Registers an owner's mirror: it writes the snapshots whose keys begin with <paramref name="prefix"/> to Redis (connection string "cache").
    /// </summary>
    public static IHostApplicationBuilder AddSnapshotMirror(this IHostApplicationBuilder builder, string prefix)
    {
        if (builder.Configuration.ReadKenerSettings().IsEmbedded) return builder;
        builder.AddConnection();
        builder.Services.AddSingleton(new SnapshotOwner(prefix));
        builder.Services.AddHostedService(services => new SnapshotMirror(
            services.GetRequiredService<Lazy<IConnectionMultiplexer>>(), services.GetRequiredService<SnapshotStore>(), prefix,
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<SnapshotMirror>>()));
        if (prefix == SnapshotKeys.Pages) builder.Services.AddHostedService<VariantUsesReceiver>();
        return builder;
    }

    /// <summary>
    /// Registers the gateway's side: it follows all snapshots in Redis (connection string "cache"), and fetches those of the services named in
    /// <paramref name="owners"/> over HTTP while Redis is unreachable. It finds them by <see cref="Defaults.AddServiceCalls"/>.
    /// </summary>
    public static IHostApplicationBuilder AddSnapshotFollower(this IHostApplicationBuilder builder, params string[] owners)
    {
        if (builder.Configuration.ReadKenerSettings().IsEmbedded) return builder;
        builder.AddConnection();
        builder.Services.AddSingleton<RedisNews>().AddSingleton<SnapshotIntake>();
        builder.Services.AddHostedService<SnapshotFollower>();
        builder.Services.AddHostedService<VariantUsesSender>();
        builder.Services.AddSingleton(new SnapshotOwners(owners));
        // One attempt a second is enough; an open circuit breaker would delay the next one.
#pragma warning disable EXTEXP0001 // The package marks the API as for evaluation only; it works as documented.
        builder.Services.AddHttpClient(SnapshotAsker.ClientName, client => client.MaxResponseContentBufferSize = LargestAnswer).RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        builder.Services.AddHostedService<SnapshotAsker>();
        return builder;
    }

    /// <summary>Shortens the timeouts, so that an outage of Redis and its end are noticed within a second, and no call waits longer.</summary>
    private static void Hasten(ConfigurationOptions options)
    {
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ConnectTimeout = Math.Min(options.ConnectTimeout, 1_000);
        options.AsyncTimeout = Math.Min(options.AsyncTimeout, 1_000);
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(500);
        options.ReconnectRetryPolicy = new LinearRetry(250);
    }

    /// <summary>Adds the Redis client of Aspire's package, once per process; it connects at first use.</summary>
    internal static void AddConnection(this IHostApplicationBuilder builder)
    {
        if (!builder.Properties.TryAdd(typeof(SnapshotTravelExtensions), true)) return;
        var isQuiet = !builder.Configuration.HasTelemetryTarget();
        builder.AddRedisClient(Connection, aspire =>
        {
            aspire.DisableTracing |= isQuiet;
            // An unreachable Redis would delay the start.
            aspire.DisableAutoActivation = true;
        }, options =>
        {
            if (options.EndPoints.Count == 0) throw new InvalidOperationException($"ConnectionStrings__{Connection} is missing: give the address of a Redis server");
            Hasten(options);
        });
        builder.Services.Configure<HealthCheckServiceOptions>(health =>
        {
            foreach (var check in health.Registrations.Where(check => check.Name == PackagesCheck)) check.Tags.Add(RedisTag);
        });
        // Connecting may take seconds and must not delay the start, so it happens at first use.
        builder.Services.TryAddSingleton(services => new Lazy<IConnectionMultiplexer>(services.GetRequiredService<IConnectionMultiplexer>));
    }
}
