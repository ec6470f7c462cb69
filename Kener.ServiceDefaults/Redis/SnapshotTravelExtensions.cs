using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Kener.ServiceDefaults;

/// <summary>How snapshots get from their owners to the gateway, where these are processes of their own. In one process the board is shared.</summary>
public static class SnapshotTravelExtensions
{
    private const string Connection = "cache";

    /// <summary>For an owner: mirrors the board's keys that begin with <paramref name="prefix"/> to Redis (connection string "cache").</summary>
    public static IHostApplicationBuilder AddSnapshotMirror(this IHostApplicationBuilder builder, string prefix)
    {
        if (builder.Configuration.ReadKenerSettings().IsEmbedded) return builder;
        builder.AddConnection();
        builder.Services.AddHostedService(services => new SnapshotMirror(
            services.GetRequiredService<Lazy<IConnectionMultiplexer>>(), services.GetRequiredService<SnapshotBoard>(), prefix,
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<SnapshotMirror>>()));
        return builder;
    }

    /// <summary>For the gateway: follows all snapshots in Redis (connection string "cache").</summary>
    public static IHostApplicationBuilder AddSnapshotFollower(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration.ReadKenerSettings().IsEmbedded) return builder;
        builder.AddConnection();
        builder.Services.AddHostedService<SnapshotFollower>();
        return builder;
    }

    private static void AddConnection(this IHostApplicationBuilder builder)
    {
        if (!builder.Properties.TryAdd(typeof(SnapshotTravelExtensions), true)) return;
        builder.AddRedisClient(Connection);
        // Connecting may take seconds; it must not hold up the start, so the first who needs it does it.
        builder.Services.TryAddSingleton(services => new Lazy<IConnectionMultiplexer>(services.GetRequiredService<IConnectionMultiplexer>));
    }
}
