using Kener.Contracts;
using Kener.Monitors.Agents;
using Kener.Monitors.Database;
using Kener.Monitors.Heartbeats;
using Kener.Monitors.Monitors;
using Kener.Monitors.OpenApi;
using Kener.Monitors.Overlays;
using Kener.Monitors.Replay;
using Kener.Monitors.Results;
using Kener.Monitors.Site;
using Kener.Monitors.Transitions;
using Kener.Persistence.DeadLetters;
using Kener.Persistence.Delivery;
using Kener.Persistence.Providers;
using Kener.Persistence.Replay;
using Kener.ServiceDefaults.Health;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;

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
        builder.Services.AddSingleton<AssignmentCache>().AddHostedService(services => services.GetRequiredService<AssignmentCache>());
        builder.Services.AddSingleton<MonitorSummaries>().AddSingleton<TransitionLog>().AddSingleton<Recording>().AddSingleton<BulkWrites>();
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
        var monitors = app.MapGroup("/api/v4/monitors").WithTags("Monitors").WithPath("tag", typeof(string), "Tag of the monitor.", "monitor_tag");
        MapMonitors(monitors.MapGroup("").Requires(Permissions.MonitorsRead), monitors.MapGroup("").Requires(Permissions.MonitorsWrite));
        var data = monitors.MapGroup("{tag}/data").WithTags("Monitor Data")
            .WithPath("timestamp", typeof(long), "Unix seconds, rounded down to the minute.");
        MapData(data.MapGroup("").Requires(Permissions.MonitorsRead), data.MapGroup("").Requires(Permissions.MonitorsWrite));

        var agents = app.MapGroup("/api/agent/v1").Requires(Permissions.AgentsReport);
        agents.MapGet("assignment", GetAssignment.HandleAsync);
        agents.MapPost("results", ReportResults.HandleAsync);
        app.MapDeadLetters<MonitorsDb>();

        var beats = app.MapGroup("/ext/heartbeat").AllowAnyone();
        beats.MapMethods("{tag}/{secret}", [HttpMethods.Get, HttpMethods.Post], RecordHeartbeat.HandleAsync);
        beats.MapMethods("{token}", [HttpMethods.Get, HttpMethods.Post], RecordHeartbeat.HandleOlderAsync);
        return app;
    }

    private static void MapMonitors(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        read.MapGet("", ListMonitors.HandleAsync).Describe("listMonitors", "List monitors", Answers.Ok<MonitorList>(400))
            .WithDescription("Returns all monitors that match, the newest first.")
            .WithQuery("status", typeof(string), "Only monitors with this status: ACTIVE or INACTIVE.")
            .WithQuery("category_name", typeof(string), "Only monitors of this category.")
            .WithQuery("monitor_type", typeof(string), "Only monitors of this type.")
            .WithQuery("is_hidden", typeof(string), "Only hidden monitors (YES) or only visible ones (NO).");
        read.MapGet("{tag}", GetMonitor.HandleAsync).Describe("getMonitor", "Get monitor", Answers.Ok<OneMonitor>(404));
        write.MapPost("", CreateMonitor.HandleAsync).Describe("createMonitor", "Create monitor", Answers.Created<OneMonitor>(400))
            .WithBody(typeof(MonitorInput), "tag", "name");
        write.MapPatch("{tag}", UpdateMonitor.HandleAsync).Describe("updateMonitor", "Update monitor", Answers.Ok<OneMonitor>(400, 404))
            .WithDescription("Sets the fields that the body names and leaves the others as they are. The tag cannot be changed.").WithBody(typeof(MonitorInput));
        write.MapDelete("{tag}", DeleteMonitor.HandleAsync).Describe("deleteMonitor", "Delete monitor", Answers.Ok<MessageAnswer>(404))
            .WithDescription("Deletes the monitor and its results, and removes it from its groups.");
    }

    private static void MapData(IEndpointRouteBuilder read, IEndpointRouteBuilder write)
    {
        const string Minute = "Unix seconds, rounded down to the minute.";
        read.MapGet("", GetRange.HandleAsync).Describe("getMonitorDataRange", "Get monitor data in a time range", Answers.Ok<SampleList>(400, 404))
            .WithDescription("Returns the recorded minutes from start_ts on and before end_ts, the oldest first.")
            .WithQuery("start_ts", typeof(long), Minute, required: true).WithQuery("end_ts", typeof(long), Minute, required: true);
        read.MapGet("{timestamp}", GetMinute.HandleAsync).Describe("getMonitorDataPoint", "Get one monitor data point", Answers.Ok<OneSample>(400, 404));
        write.MapPatch("", CorrectRange.HandleAsync)
            .Describe("bulkUpdateMonitorData", "Bulk update monitor data over a range", Answers.Ok<RangeCorrected>(400, 404))
            .WithDescription("Sets the status and the latency of all minutes from start_ts to end_ts, both included.")
            .WithBody(typeof(RangeBody), "start_ts", "end_ts", "status", "latency");
        write.MapPatch("{timestamp}", CorrectMinute.HandleAsync)
            .Describe("upsertMonitorDataPoint", "Upsert one monitor data point", Answers.Ok<OneSample>(400, 404))
            .WithDescription("Sets the fields that the body names; where nothing was recorded, the others get their defaults.").WithBody(typeof(MinuteBody));
    }
}
