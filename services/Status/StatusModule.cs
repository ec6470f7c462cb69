using Kener.Contracts;
using Kener.Persistence.DeadLetters;
using Kener.Persistence.Delivery;
using Kener.Persistence.Providers;
using Kener.Persistence.Replay;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;
using Kener.ServiceDefaults.Redis;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Status.Projections;
using Kener.Status.Projections.History;
using Kener.Status.Projections.Incidents;
using Kener.Status.Projections.Monitors;
using Kener.Status.Publishing;
using Kener.Status.Site;
using Kener.Status.Site.Pages;
using Kener.Status.Site.Replay;
using Kener.Status.Site.Settings;
using Kener.Ui;

namespace Kener.Status;

/// <summary>The service as a module: the same in its own process and in one process with all other services.</summary>
public static class StatusModule
{
    /// <summary>Registers everything that the service needs.</summary>
    public static IHostApplicationBuilder AddStatus(this IHostApplicationBuilder builder)
    {
        builder.AddModuleDb<StatusDb, StatusSqlite, StatusPostgres>("statusdb", "status");
        builder.Services.AddHostedService<PublishSiteSettings>();
        // Delivered first when embedded, since the pages of visitors wait for them.
        builder.AddEventConsumer<MonitorChangedConsumer>("kener-status-monitor-changed", isFirst: true);
        builder.AddEventConsumer<IncidentChangedConsumer>("kener-status-incident-changed", isFirst: true);
        builder.AddEventConsumer<ResultsRecordedConsumer>("kener-status-results-recorded", isFirst: true);
        builder.AddEventConsumer<ReplayRequestedConsumer>("kener-status-replay-requested");

        builder.Services.AddSingleton<PageRenderer>();
        builder.Services.AddSingleton<WarmUp>().AddHostedService(services => services.GetRequiredService<WarmUp>());
        builder.Services.AddSingleton<Publisher>();
        builder.Services.AddSingleton<RenderTrigger>();
        builder.Services.AddSingleton<RenderFaults>();
        builder.Services.AddSingleton<RecentIncidents>();
        builder.Services.AddSingleton<ErrorPages>();
        builder.Services.AddSingleton<VariantLimits>();
        builder.Services.AddSingleton<PageStore>();
        builder.Services.AddPages<SitePages>();
        builder.Services.AddPages<IncidentPages>();
        builder.Services.AddPages<SiteFeed>();
        builder.Services.AddHealthChecks().AddCheck<PageCheck>("page", tags: ["ready"]);
        // Not tagged "ready": pages that are rendered are still served.
        builder.Services.AddHealthChecks().AddCheck<RenderFaults>("rendering");
        builder.Services.AddHostedService<PageLoop>();
        builder.Services.AddHostedService<FreshnessHeartbeat>();
        builder.AddSnapshotMirror("page:");
        builder.AddReconciliation<StatusDb, VersionsConsumer>("kener-status-versions", Reconciling.Of(builder.Configuration.ReadKenerSettings()));
        builder.AddReplay<StatusDb>("status");
        builder.Services.AddHostedService<HistoryRetention>();
        return builder;
    }

    /// <summary>Maps the service's endpoints.</summary>
    public static IEndpointRouteBuilder MapStatus(this IEndpointRouteBuilder app)
    {
        MapPages(app);
        MapSite(app);
        app.MapPublicPages();
        app.MapDeadLetters<StatusDb>();
        return app;
    }

    private static void AddPages<TDefinition>(this IServiceCollection services) where TDefinition : PageDefinition =>
        services.AddSingleton<TDefinition>().AddSingleton<PageDefinition>(provider => provider.GetRequiredService<TDefinition>());

    private static void MapPages(IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("/api/v4/pages").WithTags("Pages")
            .WithPath("path", typeof(string), "Path of the page; ~home for the home page.", "page_path");
        var read = pages.MapGroup("").Requires(Permissions.PagesRead);
        read.MapGet("/", GetPages.ListAsync).Describe("listPages", "List pages", Answers.Ok<PageList>());
        read.MapGet("/{path}", GetPages.OneAsync).Describe("getPage", "Get page", Answers.Ok<OnePage>(404));

        var write = pages.MapGroup("").Requires(Permissions.PagesWrite);
        write.MapPost("/", CreatePage.HandleAsync).Describe("createPage", "Create page", Answers.Created<OnePage>(400))
            .WithBody(typeof(PageInput), "page_path", "page_title", "page_header");
        write.MapPatch("/{path}", UpdatePage.HandleAsync).Describe("updatePage", "Update page", Answers.Ok<OnePage>(400, 404))
            .WithDescription("Sets the fields that the body names and leaves the others as they are. The path of the home page cannot be changed.")
            .WithBody(typeof(PageInput));
        write.MapDelete("/{path}", DeletePage.HandleAsync).Describe("deletePage", "Delete page", Answers.Ok<MessageAnswer>(400, 404))
            .WithDescription("Deletes the page. The home page cannot be deleted.");
    }

    private static void MapSite(IEndpointRouteBuilder app)
    {
        var site = app.MapGroup("/api/v4/site").WithTags("Site").WithPath("key", typeof(string), "Name of the setting.", "config_key");
        var read = site.MapGroup("").Requires(Permissions.SettingsRead);
        read.MapGet("/", GetSite.ListAsync).Describe("listSiteConfig", "List site config entries", Answers.Ok<SiteList>())
            .WithDescription("Returns the settings that have a value or a default.");
        read.MapGet("/{key}", GetSite.OneAsync).Describe("getSiteConfig", "Get one site config entry", Answers.Ok<SiteResponse>(404));
        site.MapGroup("").Requires(Permissions.SettingsWrite).MapPatch("/{key}", UpdateSite.HandleAsync)
            .Describe("updateSiteConfig", "Update one site config entry", Answers.Ok<SiteResponse>(400, 404)).WithBody(typeof(SiteInput), "value");
    }
}
