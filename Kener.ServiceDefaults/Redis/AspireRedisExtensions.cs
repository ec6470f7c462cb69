using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Aspire's registration of a Redis client, by its names and conventions, for where its package can not be had.</summary>
public static class AspireRedisExtensions
{
    private const string Section = "Aspire:StackExchange:Redis";

    /// <summary>
    /// Registers a singleton <see cref="IConnectionMultiplexer"/> for the connection string of that name, with a health check unless the
    /// settings switch it off. A Redis that is away is connected to when it comes.
    /// </summary>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder, string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null, Action<ConfigurationOptions>? configureOptions = null) =>
        builder.Add(connectionName, null, configureSettings, configureOptions);

    /// <summary>As above, under the service key <paramref name="name"/>, which is also the connection's name.</summary>
    public static void AddKeyedRedisClient(
        this IHostApplicationBuilder builder, string name,
        Action<StackExchangeRedisSettings>? configureSettings = null, Action<ConfigurationOptions>? configureOptions = null) =>
        builder.Add(name, name, configureSettings, configureOptions);

    private static void Add(
        this IHostApplicationBuilder builder, string connectionName, object? key,
        Action<StackExchangeRedisSettings>? configureSettings, Action<ConfigurationOptions>? configureOptions)
    {
        var settings = new StackExchangeRedisSettings();
        builder.Configuration.GetSection(Section).Bind(settings);
        builder.Configuration.GetSection($"{Section}:{connectionName}").Bind(settings);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);

        builder.Services.AddKeyedSingleton<IConnectionMultiplexer>(key, (services, _) => Connect(services, Options()));
        if (settings.DisableHealthChecks) return;
        var check = key is null ? "StackExchange.Redis" : $"StackExchange.Redis_{connectionName}";
        if (builder.Properties.TryAdd($"Aspire.HealthChecks.{check}", true))
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                check, services => new RedisAnswers(() => services.GetRequiredKeyedService<IConnectionMultiplexer>(key)), null, ["redis"]));

        ConfigurationOptions Options()
        {
            if (string.IsNullOrEmpty(settings.ConnectionString))
                throw new InvalidOperationException($"ConnectionStrings__{connectionName} is missing: give the address of a Redis server");
            var options = Parse(builder.Configuration, connectionName, settings.ConnectionString);
            configureOptions?.Invoke(options);
            return options;
        }
    }

    private static ConnectionMultiplexer Connect(IServiceProvider services, ConfigurationOptions options)
    {
        options.LoggerFactory ??= services.GetService<ILoggerFactory>();
        return ConnectionMultiplexer.Connect(options);
    }

    /// <summary>What the subsections ConfigurationOptions say lies above the connection string.</summary>
    private static ConfigurationOptions Parse(IConfiguration configuration, string connectionName, string connectionString)
    {
        var given = new[] { Section, $"{Section}:{connectionName}" }
            .SelectMany(section => configuration.GetSection($"{section}:ConfigurationOptions").GetChildren())
            .Where(option => option.Value is not null).Select(option => $",{KeyOf(option.Key)}={option.Value}");
        return ConfigurationOptions.Parse("abortConnect=false," + connectionString + string.Concat(given));
    }

    /// <summary>The few options whose property is called otherwise than their part of a connection string.</summary>
    private static string KeyOf(string property) => property.ToUpperInvariant() switch
    {
        "ABORTONCONNECTFAIL" => "abortConnect",
        "CLIENTNAME" => "name",
        "CONFIGURATIONCHANNEL" => "configChannel",
        "DEFAULTVERSION" => "version",
        "SETCLIENTLIBRARY" => "setlib",
        _ => property,
    };

    private sealed class RedisAnswers(Func<IConnectionMultiplexer> redis) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                // The first who asks for it connects, and holds his thread meanwhile.
                var connection = await Task.Run(redis, cancellationToken).WaitAsync(cancellationToken);
                await connection.GetDatabase().PingAsync().WaitAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                return HealthCheckResult.Unhealthy("Redis does not answer", fault);
            }
        }
    }
}
