using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Kener.Persistence.Tests;

/// <summary>The smallest module: things with a counter.</summary>
internal abstract class TestDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<Thing> Things => Set<Thing>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<Thing>().HasIndex(thing => thing.Name).IsUnique();
    }
}

internal sealed class Thing : IAggregate
{
    public long Id { get; set; }
    public long Version { get; set; }
    public required string Name { get; set; }
    public int Count { get; set; }
}

internal sealed class TestSqlite(DbContextOptions<TestSqlite> options) : TestDb(options);

internal sealed class TestPostgres(DbContextOptions<TestPostgres> options) : TestDb(options);

internal sealed class TestSqliteFactory : IDesignTimeDbContextFactory<TestSqlite>
{
    public TestSqlite CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<TestSqlite>().UseSqlite("Data Source=design.db").UseSnakeCaseNamingConvention().Options);
}

internal sealed class TestPostgresFactory : IDesignTimeDbContextFactory<TestPostgres>
{
    public TestPostgres CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<TestPostgres>().UseNpgsql("Host=design").UseSnakeCaseNamingConvention().Options);
}
