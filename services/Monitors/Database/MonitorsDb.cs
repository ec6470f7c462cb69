using Kener.Monitors.Agents;
using Kener.Monitors.Heartbeats;
using Kener.Monitors.Monitors;
using Kener.Monitors.Overlays;
using Kener.Monitors.Results;
using Kener.Monitors.Site;
using Kener.Monitors.Transitions;
using Kener.Persistence;
using Kener.Persistence.Overlays;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Kener.Monitors.Database;

/// <summary>
/// The database of Monitors: monitors, their results and agents, which it owns; the overlays and the site's retention, as received in events.
/// </summary>
internal abstract class MonitorsDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<Monitor> Monitors => Set<Monitor>();

    public DbSet<DeletedMonitor> DeletedMonitors => Set<DeletedMonitor>();

    public DbSet<MonitorSet> MonitorSets => Set<MonitorSet>();

    public DbSet<Agent> Agents => Set<Agent>();

    public DbSet<HeartbeatPing> Pings => Set<HeartbeatPing>();

    public DbSet<AwakeSpan> AwakeSpans => Set<AwakeSpan>();

    public DbSet<Result> Results => Set<Result>();

    public DbSet<StatusTransition> Transitions => Set<StatusTransition>();

    public DbSet<KnownIncident> KnownIncidents => Set<KnownIncident>();

    public DbSet<OverlayRow> Overlays => Set<OverlayRow>();

    public DbSet<KnownSite> Sites => Set<KnownSite>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Monitor>(monitor =>
        {
            monitor.ToTable("monitors");
            monitor.HasIndex(row => row.Tag).IsUnique();
        });
        modelBuilder.Entity<DeletedMonitor>().ToTable("deleted_monitors").Property(row => row.Id).ValueGeneratedNever();
        modelBuilder.Entity<MonitorSet>(set =>
        {
            set.ToTable("monitor_sets");
            set.HasData(new MonitorSet { Id = MonitorSet.Only, Version = 1 });
        });
        modelBuilder.Entity<Agent>(agent =>
        {
            agent.ToTable("agents").HasKey(row => row.Name);
            // For replicas of the previous release, which do not write this column.
            agent.Property(row => row.Types).HasDefaultValue("");
        });
        modelBuilder.Entity<HeartbeatPing>().ToTable("beats").HasKey(beat => new { beat.MonitorId, beat.At });
        modelBuilder.Entity<AwakeSpan>(span =>
        {
            span.ToTable("awake_spans");
            span.HasKey(row => new { row.Process, row.Start });
            // "end" is an SQL keyword, which would be a nuisance in queries written by hand.
            span.Property(row => row.Start).HasColumnName("start_at");
            span.Property(row => row.End).HasColumnName("end_at");
        });
        modelBuilder.Entity<Result>(result =>
        {
            result.ToTable("results");
            result.HasKey(row => new { row.MonitorId, row.Minute, row.Region });
        });
        modelBuilder.Entity<StatusTransition>(StatusTransition.Configure);
        modelBuilder.Entity<KnownIncident>(known =>
        {
            known.ToTable("known_incidents");
            known.Property(row => row.Id).ValueGeneratedNever();
        });
        modelBuilder.AddOverlays();
        modelBuilder.Entity<KnownSite>(site =>
        {
            site.ToTable("known_site");
            site.Property(row => row.Id).ValueGeneratedNever();
        });
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class MonitorsSqlite(DbContextOptions<MonitorsSqlite> options) : MonitorsDb(options);

internal sealed class MonitorsPostgres(DbContextOptions<MonitorsPostgres> options) : MonitorsDb(options);

internal sealed class MonitorsSqliteFactory : IDesignTimeDbContextFactory<MonitorsSqlite>
{
    public MonitorsSqlite CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<MonitorsSqlite>().UseSqlite("Data Source=design.db").UseSnakeCaseNamingConvention().Options);
}

internal sealed class MonitorsPostgresFactory : IDesignTimeDbContextFactory<MonitorsPostgres>
{
    public MonitorsPostgres CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<MonitorsPostgres>().UseNpgsql("Host=design").UseSnakeCaseNamingConvention().Options);
}
