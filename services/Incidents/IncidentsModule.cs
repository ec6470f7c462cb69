using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;

namespace Kener.Incidents;

/// <summary>The service as a module: the same in its own process and in one process with all other services.</summary>
public static class IncidentsModule
{
    /// <summary>Registers everything that the service needs.</summary>
    public static IHostApplicationBuilder AddIncidents(this IHostApplicationBuilder builder) => builder
        .AddModuleDb<IncidentsDb, IncidentsSqlite, IncidentsPostgres>("incidentdb", "incidents")
        .AddEventConsumer<MonitorChangedConsumer>("kener-incidents-monitor-changed")
        .AddEventConsumer<SiteChangedConsumer>("kener-incidents-site-changed")
        .AddEventConsumer<ReplayRequestedConsumer>("kener-incidents-replay-requested")
        .AddReconciliation<IncidentsDb, VersionsConsumer>("kener-incidents-versions", Reconciling.Reconciliation)
        .AddReplay<IncidentsDb>("incidents");

    /// <summary>Maps the service's endpoints.</summary>
    public static IEndpointRouteBuilder MapIncidents(this IEndpointRouteBuilder app)
    {
        var read = app.MapGroup("/api/v4/incidents").Requires(Permissions.IncidentsRead);
        read.MapGet("/", ListIncidents.HandleAsync);
        read.MapGet("/{id}", ReadIncident.HandleAsync);
        read.MapGet("/{id}/comments", ListUpdates.HandleAsync);
        read.MapGet("/{id}/comments/{updateId}", ReadUpdate.HandleAsync);

        var write = app.MapGroup("/api/v4/incidents").Requires(Permissions.IncidentsWrite);
        write.MapPost("/", CreateIncident.HandleAsync);
        write.MapPatch("/{id}", EditIncident.HandleAsync);
        write.MapDelete("/{id}", DeleteIncident.HandleAsync);
        write.MapPost("/{id}/comments", PostUpdate.HandleAsync);
        write.MapPatch("/{id}/comments/{updateId}", EditUpdate.HandleAsync);
        write.MapDelete("/{id}/comments/{updateId}", DeleteUpdate.HandleAsync);
        app.MapDeadLetters<IncidentsDb>();
        return app;
    }
}
