using System.Text.Json;
using Kener.Persistence;
using Kener.Status.History;
using Kener.Status.Incidents;
using Kener.Status.Monitors;
using Kener.Status.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Database;

/// <summary>What Status keeps: the newest state of monitors and incidents as events told it, the history of every monitor, page versions.</summary>
internal abstract class StatusDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<MonitorRow> Monitors => Set<MonitorRow>();
    public DbSet<IncidentRow> Incidents => Set<IncidentRow>();
    public DbSet<IntervalRow> Intervals => Set<IntervalRow>();
    public DbSet<HistoryRow> Histories => Set<HistoryRow>();
    public DbSet<StoredDay> Days => Set<StoredDay>();
    public DbSet<PageRow> Pages => Set<PageRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<MonitorRow>(monitor =>
        {
            monitor.ToTable("monitors").HasKey(row => row.Id);
            monitor.Property(row => row.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<IncidentRow>(incident =>
        {
            incident.ToTable("incidents").HasKey(row => row.Id);
            incident.Property(row => row.Id).ValueGeneratedNever();
            incident.HasIndex(row => row.End);
        });
        modelBuilder.Entity<IntervalRow>(interval =>
        {
            interval.ToTable("intervals").HasKey(row => new { row.IncidentId, row.MonitorId });
            interval.HasIndex(row => new { row.MonitorId, row.End });
        });
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
        modelBuilder.Entity<PageRow>().ToTable("pages").HasKey(row => row.Path);
    }
}

/// <summary>How events are kept in the payload columns.</summary>
internal static class Payload
{
    public static string Write<T>(T fact) => JsonSerializer.Serialize(fact, JsonSerializerOptions.Web);

    public static T Read<T>(string payload) => JsonSerializer.Deserialize<T>(payload, JsonSerializerOptions.Web)!;
}
