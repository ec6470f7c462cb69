using System.Text.Json;
using Kener.Contracts;
using Kener.Persistence;
using Kener.Persistence.Overlays;
using Kener.Status.Projections.History;
using Kener.Status.Projections.Incidents;
using Kener.Status.Projections.Monitors;
using Kener.Status.Site.Pages;
using Kener.Status.Site.Settings;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Database;

/// <summary>The database of Status: the pages and the site's settings, which it owns; the newest state of monitors and incidents, as received in
/// events; the history of every monitor; and the versions of rendered pages.</summary>
internal abstract class StatusDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<MonitorRow> Monitors => Set<MonitorRow>();
    public DbSet<IncidentRow> Incidents => Set<IncidentRow>();
    public DbSet<OverlayRow> Overlays => Set<OverlayRow>();
    public DbSet<HistoryRow> Histories => Set<HistoryRow>();
    public DbSet<StoredDay> Days => Set<StoredDay>();
    public DbSet<StatusPage> Pages => Set<StatusPage>();
    public DbSet<SiteRow> Site => Set<SiteRow>();
    public DbSet<PublishedVersion> DrawnPages => Set<PublishedVersion>();

    /// <summary>
    /// Deletes the versions of rendered pages: gateways may have newer ones than the restored database, so each page is published again with a
    /// version above theirs.
    /// </summary>
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
            // "values" is an SQL keyword, which would be a nuisance in queries written by hand.
            site.Property(row => row.Values).HasColumnName("settings");
        });
        modelBuilder.Entity<PublishedVersion>().ToTable("drawn_pages").HasKey(row => new { row.Kind, row.Path });
    }
}

/// <summary>Serializes events for the payload columns.</summary>
internal static class Payload
{
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerOptions.Web) { RespectNullableAnnotations = true };

    public static string Write<T>(T fact) => JsonSerializer.Serialize(fact, JsonSerializerOptions.Web);

    /// <summary>Returns the event; text that is no valid event throws <see cref="InvalidDataException"/> or <see cref="JsonException"/>.</summary>
    public static T Read<T>(string payload) where T : class =>
        Checked(JsonSerializer.Deserialize<T>(payload, Strict) ?? throw new InvalidDataException("The stored event is null"));

    /// <summary>Returns the event if pages can be rendered from it; otherwise throws <see cref="InvalidDataException"/>.</summary>
    public static T Checked<T>(T fact) where T : class => fact switch
    {
        MonitorChanged monitor when monitor.Members is null || monitor.Members.Any(member => member?.Tag is null) || monitor is { DefaultStatus: > MonitorStatus.Down } =>
            throw new InvalidDataException($"The event of monitor {monitor.Id} is incomplete or has an unknown value"),
        IncidentChanged incident when incident.State > IncidentState.Resolved
            || incident.Monitors is null || incident.Monitors.Any(link => link is not { Impact: <= MonitorStatus.Down })
            || incident.Updates is null || incident.Updates.Any(update => update is not { State: <= IncidentState.Resolved, Markdown: not null }) =>
            throw new InvalidDataException($"The event of incident {incident.Id} is incomplete or has an unknown value"),
        _ => fact,
    };
}
