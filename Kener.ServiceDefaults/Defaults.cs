using System.Text;
using Kener.ServiceDefaults;
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
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every process of Kener has, in the manner of Aspire's service defaults.</summary>
public static class Defaults
{
    /// <summary>Settings, telemetry, health, the gate and the snapshot board.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.AddQuietLogging();
        builder.AddKenerSettings();
        builder.AddTelemetry();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), ["live"]);
        builder.Services.AddSingleton<HealthReports>();
        builder.Services.AddGate();
        builder.Services.Configure<HostOptions>(host => host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
        builder.Services.AddHostedService<BackgroundRestarts>();
        builder.Services.AddSingleton<Outages>();
        builder.Services.AddSingleton<SnapshotBoard>().AddSingleton<SiteOnBoard>().AddSingleton<VariantUses>();
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            // More than the gateway accepts: what it forwards, with the headers that it adds, must not be refused behind it.
            kestrel.Limits.MaxRequestLineSize = kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 200;
            // Every byte has a character and back, so no header that a client sends is invalid here or behind the gateway (RFC 9110, 5.5).
            kestrel.RequestHeaderEncodingSelector = kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        });
        return builder;
    }

    /// <summary>
    /// For a process that calls others of Kener: its HTTP clients find them by name, and try again. Most services call nobody, and need not
    /// load what that takes. Once a process.
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

    /// <summary>The pipeline that every service shares: errors in one shape, then who asks, then whether they may.</summary>
    public static TApp UseServiceDefaults<TApp>(this TApp app) where TApp : IApplicationBuilder
    {
        app.UseErrorAnswers();
        app.UseAuthentication();
        app.UseAuthorization();
        return app;
    }

    /// <summary>
    /// <c>/health</c>: all checks, and 503 also where one is only degraded; <c>/ready</c>: those that this process needs to serve (tag "ready"),
    /// of which a degraded one still serves; <c>/alive</c>: the process itself. Where this process owns snapshots, also what a gateway asks for
    /// them while Redis is away.
    /// </summary>
    public static TApp MapServiceDefaults<TApp>(this TApp app) where TApp : IEndpointRouteBuilder
    {
        app.Map("/health", HealthReports.AnswerAsync).AllowAnyone();
        app.MapHealthChecks("/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") }).AllowAnyone();
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") }).AllowAnyone();
        app.MapSnapshots();
        return app;
    }

    /// <summary>An operator reads what Kener says, not how its parts talk. Below every other source, so that settings win.</summary>
    private static void AddQuietLogging(this IHostApplicationBuilder builder) => builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
    {
        InitialData = new Dictionary<string, string?>
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft"] = "Warning",
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
            // What fails in the database is told by who asked for it; the first migration's look for its own table is no fault, nor is a stop.
            ["Logging:LogLevel:Microsoft.EntityFrameworkCore.Database"] = "None",
            // Who asks for health is told; a probe while something starts is no fault to report.
            ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
            // A broker that goes and returns is logged where it is waited for, and a message that is given up where it is kept; MassTransit says
            // both as well, at each try and with stack traces.
            ["Logging:LogLevel:MassTransit"] = "Critical",
            ["Logging:LogLevel:Polly"] = "Error",
            // RedisContact reports once that Redis is away, and once that it is back.
            ["Logging:LogLevel:StackExchange.Redis"] = "Critical",
            ["Logging:LogLevel:System.Net.Http"] = "Warning",
            ["Logging:LogLevel:Yarp"] = "Warning",
        },
    });

    /// <summary>Whether this process is to send traces, metrics and logs somewhere.</summary>
    public static bool TellsTelemetry(this IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    private static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        // These write whole addresses of requests, also where an operator asks for more words than usual.
        foreach (var talker in new[] { "Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Routing" })
            builder.Logging.AddFilter(talker, LogLevel.Warning);
        // A stack trace for each request while a service is away; that it is away is logged by the health checks.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder", LogLevel.Error);
        // Where nobody listens, nothing is measured, nor loaded: a start is a sixth shorter.
        if (builder.Configuration.TellsTelemetry()) builder.AddTelling();
    }

    private static void AddTelling(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            // The host's own scope bears the path of the request, which may be a heartbeat's, with its secret.
            logging.IncludeScopes = false;
        });
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
