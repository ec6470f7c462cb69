using System.Text;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Health;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Redis;
using Kener.ServiceDefaults.Snapshots;
using Kener.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds what every process of Kener has, in the manner of Aspire's service defaults.</summary>
public static class Defaults
{
    /// <summary>Adds settings, log levels, telemetry, health checks, authorization and the snapshot store.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.AddQuietLogging();
        builder.AddKenerSettings();
        builder.AddTelemetry();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]).AddWatch<FreeDisk>("disk");
        builder.Services.TryAddSingleton(services => new FreeDisk(() => FreeDisk.Of(services.GetRequiredService<IOptions<KenerSettings>>().Value.DataPath)));
        builder.Services.AddSingleton<HealthReports>();
        builder.Services.AddGate();
        builder.Services.Configure<HostOptions>(host => host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
        builder.Services.AddHostedService<BackgroundRestarts>();
        builder.Services.AddSingleton<Outages>();
        builder.Services.AddSingleton<SnapshotStore>().AddSingleton<CurrentSite>().AddSingleton<VariantUses>();
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            // Higher than the gateway's limits, so that a request that it forwards with additional headers is not refused here.
            kestrel.Limits.MaxRequestLineSize = kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 200;
            // Latin-1 maps every byte to a character and back, so no header of a client is invalid here or behind the gateway (RFC 9110, 5.5).
            kestrel.RequestHeaderEncodingSelector = kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        });
        return builder;
    }

    /// <summary>
    /// Adds service discovery and retries to the HTTP clients of a process that calls other processes of Kener. Most services call none, and do not
    /// load what this needs. Call it once per process.
    /// </summary>
    public static TBuilder AddServiceCalls<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>Adds the middleware that every service shares: error responses, then authentication, then authorization.</summary>
    public static TApp UseServiceDefaults<TApp>(this TApp app) where TApp : IApplicationBuilder
    {
        app.UseErrorResponses();
        app.UseAuthentication();
        app.UseAuthorization();
        return app;
    }

    /// <summary>
    /// Maps <c>/health</c> (all checks; 503 also if one is only degraded, unless it is a <see cref="Watch"/>), <c>/ready</c> (the checks with the tag
    /// "ready", which this process needs to serve; degraded still counts as ready) and <c>/alive</c> (the process itself). If this process owns
    /// snapshots, also maps the endpoint from which a gateway fetches them while Redis is unreachable.
    /// </summary>
    public static TApp MapServiceDefaults<TApp>(this TApp app) where TApp : IEndpointRouteBuilder
    {
        app.Map("/health", HealthReports.AnswerAsync).AllowAnyone();
        app.MapHealthChecks("/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") }).AllowAnyone();
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") }).AllowAnyone();
        app.MapSnapshots();
        return app;
    }

    /// <summary>
    /// Sets the default log levels: an operator sees Kener's own messages, not those of its libraries. Added below every other source, so that
    /// settings win.
    /// </summary>
    private static void AddQuietLogging(this IHostApplicationBuilder builder) => builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
    {
        InitialData = new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft"] = "Warning",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
            // The caller logs a failed database command. EF Core would also log the first migration's query for its own table, which fails, and
            // commands that a stop cancels.
            ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Database"] = "None",
            // The probe's response shows a failed check; one that fails while something starts is not worth a log entry.
            ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
            // Kener logs when the broker is lost and when it returns, and each dead letter. MassTransit would log both as well, at each attempt and
            // with stack traces.
            ["Logging:LogLevel:MassTransit"] = "Critical",
            ["Logging:LogLevel:Polly"] = "Error",
            // RedisContact logs once that Redis is unreachable, and once that it is back.
            ["Logging:LogLevel:StackExchange.Redis"] = "Critical",
            ["Logging:LogLevel:System.Net.Http"] = "Warning",
            ["Logging:LogLevel:Yarp"] = "Warning",
        },
    });

    /// <summary>Returns whether this process exports traces, metrics and logs.</summary>
    public static bool HasTelemetryTarget(this IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    private static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        // These log complete request paths, which may contain a secret: keep them quiet even if an operator raises the log level.
        foreach (var talker in new[] { "Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Routing" })
            builder.Logging.AddFilter(talker, LogLevel.Warning);
        // Would log a stack trace for each request while a service is unreachable; the health checks log that it is.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder", LogLevel.Error);
        // Without an exporter nothing is measured or loaded, which shortens the start by a sixth.
        if (builder.Configuration.HasTelemetryTarget()) builder.AddTelemetryExport();
    }

    private static void AddTelemetryExport(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            // The host's own scope contains the request path, which includes the secret of a heartbeat.
            logging.IncludeScopes = false;
        });
        builder.Services.AddSingleton<IHealthCheckPublisher, WatchMeter>();
        builder.Services.Configure<HealthCheckPublisherOptions>(options => options.Predicate = check => check.Tags.Contains(Watch.Tag));
        builder.Services.AddOpenTelemetry().UseOtlpExporter()
            .WithMetrics(metrics => metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation()
                .AddMeter("MassTransit", "Npgsql", "Kener"))
            .WithTracing(tracing => tracing.AddSource("MassTransit", "Yarp.ReverseProxy", KenerTraces.SourceName).SetSampler(new ParentBasedSampler(new RequestTraces()))
                .AddHttpClientInstrumentation(options => options.FilterHttpRequestMessage = request =>
                    request.RequestUri is not { } address || !SecretPath.IsSecret(new PathString(address.AbsolutePath)))
                .AddAspNetCoreInstrumentation(options => options.Filter = context =>
                    context.Request.Path.Value is not ("/health" or "/ready" or "/alive") && !SecretPath.IsSecret(context.Request.Path)));
    }
}
