using Kener.Incidents.Incidents;
using Kener.Incidents.Monitors;
using Kener.Incidents.Site;
using Kener.Incidents.Updates;
using Kener.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Kener.Incidents.Database;

/// <summary>
/// The database of Incidents: incidents, their updates and history, which it owns; the monitors and the site's address, as received in events.
/// </summary>
internal abstract class IncidentsDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<Incident> Incidents => Set<Incident>();
    public DbSet<Update> Updates => Set<Update>();
    public DbSet<AffectedMonitor> AffectedMonitors => Set<AffectedMonitor>();
    public DbSet<IncidentVersion> Versions => Set<IncidentVersion>();
    public DbSet<Tombstone> Tombstones => Set<Tombstone>();
    public DbSet<KnownMonitor> Monitors => Set<KnownMonitor>();
    public DbSet<KnownSite> Sites => Set<KnownSite>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Incident>(incident =>
        {
            incident.ToTable("incidents");
            incident.Property(row => row.Title).HasMaxLength(Incident.LongestTitle);
            // "end" is an SQL keyword, which would be a nuisance in queries written by hand.
            incident.Property(row => row.Start).HasColumnName("start_at");
            incident.Property(row => row.End).HasColumnName("end_at");
            incident.HasIndex(row => row.Start);
            incident.HasMany(row => row.Updates).WithOne().HasForeignKey(update => update.IncidentId);
            incident.HasMany(row => row.Monitors).WithOne().HasForeignKey(link => link.IncidentId);
        });
        modelBuilder.Entity<Update>().ToTable("incident_updates");
        modelBuilder.Entity<AffectedMonitor>(link =>
        {
            link.ToTable("incident_monitors");
            link.HasKey(row => new { row.IncidentId, row.MonitorId });
            link.HasOne(row => row.Monitor).WithMany().HasForeignKey(row => row.MonitorId).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<IncidentVersion>(version =>
        {
            version.ToTable("incident_versions");
            version.HasKey(row => new { row.IncidentId, row.Version });
        });
        modelBuilder.Entity<Tombstone>(tombstone =>
        {
            tombstone.ToTable("tombstones");
            tombstone.HasKey(row => row.IncidentId);
            tombstone.Property(row => row.IncidentId).ValueGeneratedNever();
        });
        modelBuilder.Entity<KnownMonitor>(monitor =>
        {
            monitor.ToTable("monitors");
            monitor.Property(row => row.Id).ValueGeneratedNever();
            // Not unique: a recreated tag may arrive before the deletion of its predecessor.
            monitor.HasIndex(row => row.Tag);
        });
        modelBuilder.Entity<KnownSite>(site =>
        {
            site.ToTable("known_site");
            site.Property(row => row.Id).ValueGeneratedNever();
        });
    }
}

internal sealed class IncidentsSqlite(DbContextOptions<IncidentsSqlite> options) : IncidentsDb(options);

internal sealed class IncidentsPostgres(DbContextOptions<IncidentsPostgres> options) : IncidentsDb(options);

internal sealed class IncidentsSqliteDesign : IDesignTimeDbContextFactory<IncidentsSqlite>
{
    public IncidentsSqlite CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<IncidentsSqlite>()
        .UseSqlite("Data Source=:memory:").UseSnakeCaseNamingConvention().Options);
}

internal sealed class IncidentsPostgresDesign : IDesignTimeDbContextFactory<IncidentsPostgres>
{
    public IncidentsPostgres CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<IncidentsPostgres>()
        .UseNpgsql("Host=localhost").UseSnakeCaseNamingConvention().Options);
}
