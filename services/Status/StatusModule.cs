using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.History;
using Kener.Status.Incidents;
using Kener.Status.Monitors;
using Kener.Status.Replay;
using Kener.Status.Snapshots;
using Kener.Ui;

namespace Kener.Status;

/// <summary>The service as a module: the same in a process of its own and in one with all others.</summary>
public static class StatusModule
{
    /// <summary>Registers all that the service needs.</summary>
    public static IHostApplicationBuilder AddStatus(this IHostApplicationBuilder builder)
    {
        builder.AddModuleDb<StatusDb, StatusSqlite, StatusPostgres>("statusdb", "status");
        builder.AddEventConsumer<MonitorChangedConsumer>();
        builder.AddEventConsumer<IncidentChangedConsumer>();
        builder.AddEventConsumer<ReadingsRecordedConsumer>();

        builder.Services.AddSingleton<PageRenderer>();
        builder.Services.AddSingleton<WarmUp>();
        builder.Services.AddSingleton<Publisher>();
        builder.Services.AddSingleton<HomeBell>();
        builder.Services.AddSingleton<HomePage>();
        builder.Services.AddSingleton<IncidentPages>();
        builder.Services.AddHealthChecks().AddCheck<PageCheck>("page", tags: ["ready"]);
        builder.Services.AddHostedService<HomeLoop>();
        builder.Services.AddHostedService(services => services.GetRequiredService<IncidentPages>());
        builder.Services.AddHostedService<Confirmation>();
        builder.AddSnapshotMirror("page:");
        builder.Services.AddHostedService<AskForReplay>();
        return builder;
    }

    /// <summary>Gives the service's endpoints.</summary>
    public static IEndpointRouteBuilder MapStatus(this IEndpointRouteBuilder app)
    {
        app.MapPages();
        return app;
    }
}
