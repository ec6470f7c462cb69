using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;

namespace Kener.Monitors;

/// <summary>The service as a module: the same in its own process and in one process with all other services.</summary>
public static class MonitorsModule
{
    /// <summary>Registers everything that the service needs.</summary>
    public static IHostApplicationBuilder AddMonitors(this IHostApplicationBuilder builder)
    {
        builder.AddModuleDb<MonitorsDb, MonitorsSqlite, MonitorsPostgres>("monitordb", "monitors");
        builder.Services.AddSingleton<ResultPartitions>().AddHostedService(services => services.GetRequiredService<ResultPartitions>());
        builder.Services.AddHostedService<Retention>();
        builder.Services.AddSingleton<Assignments>().AddHostedService(services => services.GetRequiredService<Assignments>());
        builder.Services.AddSingleton<LivingMonitors>().AddSingleton<Transitions>().AddSingleton<Recording>().AddSingleton<BulkWrites>();
        builder.Services.AddSingleton<Evaluations>().AddHostedService(services => services.GetRequiredService<Evaluations>());
        builder.Services.AddHealthChecks().AddWatch<AgentSilence>("agents");
        builder.AddEventConsumer<IncidentChangedConsumer>("kener-monitors-incident-changed");
        builder.AddEventConsumer<SiteChangedConsumer>("kener-monitors-site-changed");
        builder.AddEventConsumer<ReplayRequestedConsumer>("kener-monitors-replay-requested");
        builder.AddEventConsumer<ReplayContinuedConsumer>("kener-monitors-replay-continued");
        builder.AddReconciliation<MonitorsDb, VersionsConsumer>("kener-monitors-versions", Reconciling.Reconciliation);
        builder.AddReplay<MonitorsDb>("monitors");
        return builder;
    }

    /// <summary>Maps the service's endpoints.</summary>
    public static IEndpointRouteBuilder MapMonitors(this IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/v4/monitors").Requires(Permissions.MonitorsRead);
        read.MapGet("", ListMonitors.HandleAsync);
        read.MapGet("{tag}", GetMonitor.HandleAsync);
        read.MapGet("{tag}/data", ReadRange.HandleAsync);
        read.MapGet("{tag}/data/{timestamp}", ReadMinute.HandleAsync);

        var write = app.MapGroup("/api/v4/monitors").Requires(Permissions.MonitorsWrite);
        write.MapPost("", CreateMonitor.HandleAsync);
        write.MapPatch("{tag}", EditMonitor.HandleAsync);
        write.MapDelete("{tag}", DeleteMonitor.HandleAsync);
        write.MapPatch("{tag}/data", CorrectRange.HandleAsync);
        write.MapPatch("{tag}/data/{timestamp}", CorrectMinute.HandleAsync);

        var agents = app.MapGroup("/api/agent/v1").Requires(Permissions.AgentsReport);
        agents.MapGet("assignment", GetAssignment.HandleAsync);
        agents.MapPost("results", ReportResults.HandleAsync);
        app.MapDeadLetters<MonitorsDb>();

        var beats = app.MapGroup("/ext/heartbeat").AllowAnyone();
        beats.MapMethods("{tag}/{secret}", [HttpMethods.Get, HttpMethods.Post], TakeBeat.HandleAsync);
        beats.MapMethods("{token}", [HttpMethods.Get, HttpMethods.Post], TakeBeat.HandleOlderAsync);
        return app;
    }
}
