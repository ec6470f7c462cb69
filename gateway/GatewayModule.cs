using Kener.Contracts;
using Kener.Gateway.DeadLetters;
using Kener.Gateway.Health;
using Kener.Gateway.Identity;
using Kener.Gateway.Limits;
using Kener.Gateway.Live;
using Kener.Gateway.OpenApi;
using Kener.Gateway.Pages;
using Kener.Gateway.Preferences;
using Kener.Gateway.Proxy;
using Kener.Gateway.Routes;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.DeadLetters;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Health;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;
using Kener.ServiceDefaults.Redis;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Kener.Gateway;

/// <summary>
/// Registers and maps the gateway: in front of the modules of the same process (embedded) or of services in other processes (distributed).
/// </summary>
public static class GatewayModule
{
    /// <summary>Registers what the gateway needs and, when distributed, the reverse proxy to the services.</summary>
    public static IHostApplicationBuilder AddGateway(this IHostApplicationBuilder builder) => builder.AddGateway(RouteTable.Kener);

    /// <summary>Registers the gateway like <see cref="AddGateway(IHostApplicationBuilder)"/>, with another route table.</summary>
    internal static IHostApplicationBuilder AddGateway(this IHostApplicationBuilder builder, RouteTable table)
    {
        builder.Services.AddSingleton(table).AddSingleton<KeyRing>().AddSingleton<Callers>().AddSingleton<ApiLimits>().AddSingleton<StaleNotice>().AddSingleton<UnknownIncidents>();
        builder.Services.AddSingleton<LiveTopics>().AddSingleton<LiveEndpoint>();
        builder.Services.AddSingleton<IValidateOptions<LimitSettings>, LimitSettingsRules>();
        builder.Services.AddOptions<LimitSettings>().Bind(builder.Configuration.GetSection("Kener:Limits")).ValidateOnStart();
        builder.Services.AddHealthChecks().AddCheck<PageCheck>("gateway-page", tags: ["ready"]).AddWatch<PageAge>("pages");
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            // Higher than the limits of FrontDoor, so that FrontDoor itself refuses oversized requests, in the API's error format.
            kestrel.Limits.MaxRequestLineSize = 64 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
            kestrel.Limits.MaxRequestHeaderCount = 100;
        });
        if (!builder.Configuration.ReadKenerSettings().IsEmbedded) builder.AddProxy(table);
        return builder;
    }

    /// <summary>Adds the gateway's middleware. Must come before all other middleware: requests that may not reach an endpoint end here.</summary>
    public static IApplicationBuilder UseGateway(this IApplicationBuilder app)
    {
        app.UseErrorResponses();
        app.UseTrustedProxies();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<PagesFromMemory>();
        app.UseMiddleware<FrontDoor>();
        return app;
    }

    /// <summary>Maps health, live updates, preferences and dead letters and, when distributed, the routes to the services.</summary>
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder app)
    {
        app.MapServiceDefaults();
        var live = app.ServiceProvider.GetRequiredService<LiveEndpoint>();
        app.MapGet("/live", live.HandleAsync).AllowAnyone();
        app.MapPost("/preferences", context => SetPreferences.HandleAsync(
            context, context.RequestServices.GetRequiredService<CurrentSite>(), context.RequestServices.GetRequiredService<IOptions<KenerSettings>>())).AllowAnyone();
        app.MapMethods("/healthcheck", [HttpMethods.Get, HttpMethods.Head], Healthcheck.AnswerAsync).AllowAnyone();
        app.MapGet("/api/v5/dead-letters", AllDeadLetters.AnswerAsync).Requires(Permissions.SettingsRead).WithTags("Dead Letters")
            .Describe("listDeadLetters", "List dead letters of all services", Answers.Ok<AllDeadLetters.Answer>())
            .WithDescription("Returns the newest 200 of each service, and the names of services that did not answer in time.");
        app.MapApiReference();
        if (app.ServiceProvider.GetService<IDestinationResolver>() is DiscoveredDestinations) app.MapServices();
        return app;
    }

    private static void AddProxy(this IHostApplicationBuilder builder, RouteTable table)
    {
        builder.AddServiceCalls();
        builder.AddSnapshotFollower(ProxyConfig.NameOf(Owner.Status), ProxyConfig.NameOf(Owner.Accounts));
        builder.Services.AddReverseProxy().LoadFromMemory(ProxyConfig.RoutesOf(table), ProxyConfig.ClustersOf(table)).AddTransforms(HeartbeatSecrets.Keep);
        builder.Services.AddSingleton<IDestinationResolver, DiscoveredDestinations>();
        builder.Services.AddSingleton<IPassiveHealthCheckPolicy, EjectOnFailure>();
        // Every failed probe would be a warning, once a second. DestinationHealthUpdater logs when the health of a destination changes.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Health.ActiveHealthCheckMonitor", LogLevel.Critical);
        // In the first 30 seconds the services may still be starting.
        var since = TimeProvider.System.GetTimestamp();
        builder.Logging.AddFilter("Yarp.ReverseProxy.Health.DestinationHealthUpdater",
            level => level >= LogLevel.Warning && TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(30));
        foreach (var owner in Enum.GetValues<Owner>().Where(owner => owner != Owner.Edge))
        {
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                ProxyConfig.NameOf(owner), services => new ServiceHealthCheck(owner, services.GetRequiredService<IHttpClientFactory>()), null, ["behind"]));
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
                ProxyConfig.NameOf(owner) + "-watch", services => new OwnerWatch(owner, services.GetRequiredService<IHttpClientFactory>()), HealthStatus.Degraded, [Watch.Tag]));
            if (table.Find(DeadLetterBox.PathOf(ProxyConfig.NameOf(owner))) is not null)
                builder.Services.AddSingleton(services => AllDeadLetters.Of(owner, services.GetRequiredService<IHttpClientFactory>()));
        }
    }
}
