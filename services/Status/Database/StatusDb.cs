using System.Text.Json;
using Kener.Contracts;
using Kener.Persistence;
using Kener.Status.History;
using Kener.Status.Incidents;
using Kener.Status.Monitors;
using Kener.Status.Pages;
using Kener.Status.Settings;
using Kener.Status.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Database;

/// <summary>What Status keeps: the pages and the site's settings, which it owns; the newest state of monitors and incidents as events told it, the
/// history of every monitor, and the versions of what was drawn.</summary>
internal abstract class StatusDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<MonitorRow> Monitors => Set<MonitorRow>();
    public DbSet<IncidentRow> Incidents => Set<IncidentRow>();
    public DbSet<OverlayRow> Overlays => Set<OverlayRow>();
    public DbSet<HistoryRow> Histories => Set<HistoryRow>();
    public DbSet<StoredDay> Days => Set<StoredDay>();
    public DbSet<StatusPage> Pages => Set<StatusPage>();
    public DbSet<SiteRow> Site => Set<SiteRow>();
    public DbSet<DrawnRow> DrawnPages => Set<DrawnRow>();

    /// <summary>Gateways may have newer versions of the pages than this database: each is published again, with a version above theirs.</summary>
    protected override Task OnRestoredAsync(CancellationToken cancel) => DrawnPages.ExecuteDeleteAsync(cancel);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<MonitorRow>(monitor =>
        {
            monitor.ToTable("monitors").HasKey(row => row.Id);
            monitor.Property(row => row.Id).ValueGeneratedNever();
            monitor.HasIndex(row => row.Tag);
        });
        modelBuilder.Entity<IncidentRow>(incident =>
        {
            incident.ToTable("incidents").HasKey(row => row.Id);
            incident.Property(row => row.Id).ValueGeneratedNever();
            incident.HasIndex(row => row.End);
        });
        modelBuilder.AddOverlays();
        modelBuilder.Entity<HistoryRow>(history =>
        {
            history.ToTable("histories").HasKey(row => row.MonitorId);
            history.Property(row => row.MonitorId).ValueGeneratedNever();
        });
        modelBuilder.Entity<StoredDay>(day =>
        {
            day.ToTable("day_rows").HasKey(row => new { row.MonitorId, row.Day });
            day.HasIndex(row => new { row.MonitorId, row.Changed });
        });
        modelBuilder.Entity<StatusPage>(page =>
        {
            page.ToTable("pages").HasKey(row => row.Id);
            page.HasIndex(row => row.Path).IsUnique();
        });
        modelBuilder.Entity<SiteRow>(site =>
        {
            site.ToTable("site").HasKey(row => row.Id);
            site.Property(row => row.Id).ValueGeneratedNever();
            // "values" is a keyword of SQL; people write queries too.
            site.Property(row => row.Values).HasColumnName("settings");
        });
        modelBuilder.Entity<DrawnRow>().ToTable("drawn_pages").HasKey(row => new { row.Kind, row.Path });
    }
}

/// <summary>How events are kept in the payload columns.</summary>
internal static class Payload
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Web) { RespectNullableAnnotations = true };

    public static string Write<T>(T fact) => JsonSerializer.Serialize(fact, JsonSerializerOptions.Web);

    /// <summary>The event; what no event of ours holds throws <see cref="InvalidDataException"/> or <see cref="JsonException"/>.</summary>
    public static T Read<T>(string payload) where T : class =>
        Checked(JsonSerializer.Deserialize<T>(payload, Strict) ?? throw new InvalidDataException("An event that is null"));

    /// <summary>The same event, where pages can be rendered from it; throws <see cref="InvalidDataException"/> else.</summary>
    public static T Checked<T>(T fact) where T : class => fact switch
    {
        MonitorChanged monitor when monitor.Members is null || monitor.Members.Any(member => member?.Tag is null) || monitor is { DefaultStatus: > MonitorStatus.Down } =>
            throw new InvalidDataException($"Monitor {monitor.Id} is not whole"),
        IncidentChanged incident when incident.State > IncidentState.Resolved
            || incident.Monitors is null || incident.Monitors.Any(link => link is not { Impact: <= MonitorStatus.Down })
            || incident.Updates is null || incident.Updates.Any(update => update is not { State: <= IncidentState.Resolved, Markdown: not null }) =>
            throw new InvalidDataException($"Incident {incident.Id} is not whole"),
        _ => fact,
    };
}
