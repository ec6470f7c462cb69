using Kener.Contracts;
using Kener.Incidents.Database;
using Kener.Incidents.Incidents;
using Kener.Incidents.Monitors;
using Kener.Incidents.Replay;
using Kener.Incidents.Site;
using Kener.Incidents.Updates;
using Kener.Persistence.DeadLetters;
using Kener.Persistence.Delivery;
using Kener.Persistence.Providers;
using Kener.Persistence.Replay;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;

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
        var incidents = app.MapGroup("/api/v4/incidents").WithTags("Incidents").WithPath("id", typeof(long), "Id of the incident.", "incident_id");
        MapIncidents(incidents.MapGroup("").Requires(Permissions.IncidentsRead), incidents.MapGroup("").Requires(Permissions.IncidentsWrite));
        var updates = incidents.MapGroup("/{id}/comments").WithTags("Incident Comments")
            .WithPath("updateId", typeof(long), "Id of the comment.", "comment_id");
        MapUpdates(updates.MapGroup("").Requires(Permissions.IncidentsRead), updates.MapGroup("").Requires(Permissions.IncidentsWrite));
        app.MapDeadLetters<IncidentsDb>();
        return app;
    }

    private static void MapIncidents(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("/", ListIncidents.HandleAsync).Describe("listIncidents", "List incidents", Answers.Ok<IncidentList>())
            .WithDescription("Returns the newest 1,000 incidents that match.")
            .WithQuery("start_ts", typeof(long), "Only incidents that start at or after this time, in Unix seconds.")
            .WithQuery("end_ts", typeof(long), "Only incidents that start at or before this time, in Unix seconds.")
            .WithQuery("monitor_tags", typeof(string), "Only incidents that affect one of these monitors: tags, separated by commas.");
        read.MapGet("/{id}", GetIncident.HandleAsync).Describe("getIncident", "Get incident", Answers.Ok<OneIncident>(404));
        write.MapPost("/", CreateIncident.HandleAsync).Describe("createIncident", "Create incident", Answers.Created<OneIncident>(400))
            .WithBody(typeof(IncidentInput), "title", "start_date_time");
        write.MapPatch("/{id}", UpdateIncident.HandleAsync).Describe("updateIncident", "Update incident", Answers.Ok<OneIncident>(400, 404))
            .WithDescription("Sets the fields that the body names and leaves the others as they are.").WithBody(typeof(IncidentInput));
        write.MapDelete("/{id}", DeleteIncident.HandleAsync).Describe("deleteIncident", "Delete incident", Answers.Ok<MessageAnswer>(404));
    }

    private static void MapUpdates(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("", ListUpdates.HandleAsync).Describe("listIncidentComments", "List incident comments", Answers.Ok<UpdateList>(404));
        read.MapGet("/{updateId}", GetUpdate.HandleAsync).Describe("getIncidentComment", "Get incident comment", Answers.Ok<OneUpdate>(400, 404));
        write.MapPost("", PostUpdate.HandleAsync).Describe("createIncidentComment", "Create incident comment", Answers.Created<OneUpdate>(400, 404))
            .WithDescription("Posts a comment. The incident takes its state; RESOLVED also ends the incident.").WithBody(typeof(UpdateInput), "comment", "state");
        write.MapPatch("/{updateId}", EditUpdate.HandleAsync).Describe("updateIncidentComment", "Update incident comment", Answers.Ok<OneUpdate>(400, 404))
            .WithDescription("Sets the fields that the body names and leaves the others as they are.").WithBody(typeof(UpdateInput));
        write.MapDelete("/{updateId}", DeleteUpdate.HandleAsync)
            .Describe("deleteIncidentComment", "Delete incident comment", Answers.Ok<MessageAnswer>(400, 404));
    }
}
