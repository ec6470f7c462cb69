using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Kener.ServiceDefaults;

/// <summary>How snapshots get from their owners to the gateway, where these are processes of their own. In one process the board is shared.</summary>
public static class SnapshotTravelExtensions
{
    /// <summary>Marks the health check of Redis.</summary>
    public const string RedisTag = "redis";
    private const string Connection = "cache", PackagesCheck = "StackExchange.Redis";
    // Of an owner, over HTTP.
    private const long LargestAnswer = 256 << 20;

    /// <summary>For an owner: mirrors the board's keys that begin with <paramref name="prefix"/> to Redis (connection string "cache").</summary>
    public static IHostApplicationBuilder AddSnapshotMirror(this IHostApplicationBuilder builder, string prefix)
    {
        if (builder.Configuration.ReadKenerSettings().IsEmbedded) return builder;
        builder.AddConnection();
        builder.Services.AddSingleton(new SnapshotOwner(prefix));
        builder.Services.AddHostedService(services => new SnapshotMirror(
            services.GetRequiredService<Lazy<IConnectionMultiplexer>>(), services.GetRequiredService<SnapshotBoard>(), prefix,
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<SnapshotMirror>>()));
        if (prefix == SnapshotKeys.Pages) builder.Services.AddHostedService<VariantUsesReceiver>();
        return builder;
    }

    /// <summary>
    /// For the gateway: follows all snapshots in Redis (connection string "cache"), and asks the services of these names for theirs while
    /// Redis is away. It finds them by <see cref="Defaults.AddServiceCalls"/>.
    /// </summary>
    public static IHostApplicationBuilder AddSnapshotFollower(this IHostApplicationBuilder builder, params string[] owners)
    {
        if (builder.Configuration.ReadKenerSettings().IsEmbedded) return builder;
        builder.AddConnection();
        builder.Services.AddSingleton<RedisNews>().AddSingleton<SnapshotIntake>();
        builder.Services.AddHostedService<SnapshotFollower>();
        builder.Services.AddHostedService<VariantUsesSender>();
        builder.Services.AddSingleton(new SnapshotOwners(owners));
        // Once a second is tries enough: a breaker that opens would hold up the next one.
#pragma warning disable EXTEXP0001 // For evaluation, says the package; it does what it says.
        builder.Services.AddHttpClient(SnapshotAsker.ClientName, client => client.MaxResponseContentBufferSize = LargestAnswer).RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        builder.Services.AddHostedService<SnapshotAsker>();
        return builder;
    }

    /// <summary>A Redis that is away is found out within a second, and so is its return; nobody waits for it longer.</summary>
    private static void Hasten(ConfigurationOptions options)
    {
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ConnectTimeout = Math.Min(options.ConnectTimeout, 1_000);
        options.AsyncTimeout = Math.Min(options.AsyncTimeout, 1_000);
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(500);
        options.ReconnectRetryPolicy = new LinearRetry(250);
    }

    /// <summary>The client by Aspire's package, once a process; connects at first use.</summary>
    internal static void AddConnection(this IHostApplicationBuilder builder)
    {
        if (!builder.Properties.TryAdd(typeof(SnapshotTravelExtensions), true)) return;
        var isQuiet = !builder.Configuration.TellsTelemetry();
        builder.AddRedisClient(Connection, aspire =>
        {
            aspire.DisableTracing |= isQuiet;
            // A Redis that is away would delay the start.
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
        // Connecting may take seconds; it must not hold up the start, so the first who needs it does it.
        builder.Services.TryAddSingleton(services => new Lazy<IConnectionMultiplexer>(services.GetRequiredService<IConnectionMultiplexer>));
    }
}
