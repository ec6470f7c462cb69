using Kener.Accounts.ApiKeys;
using Kener.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Kener.Accounts.Database;

/// <summary>The database of Accounts: API keys.</summary>
internal abstract class AccountsDb(DbContextOptions options) : ModuleDb(options)
{
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<KeySet> KeySets => Set<KeySet>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ApiKey>(key =>
        {
            key.ToTable("api_keys");
            key.HasIndex(row => row.Name).IsUnique();
            key.HasIndex(row => row.Hash).IsUnique();
            key.Property(row => row.Status).HasConversion<string>();
        });
        modelBuilder.Entity<KeySet>(set =>
        {
            set.ToTable("key_sets");
            set.HasData(new KeySet { Id = KeySet.Only, Version = 1 });
        });
        base.OnModelCreating(modelBuilder);
    }
}

internal sealed class AccountsSqlite(DbContextOptions<AccountsSqlite> options) : AccountsDb(options);

internal sealed class AccountsPostgres(DbContextOptions<AccountsPostgres> options) : AccountsDb(options);

internal sealed class AccountsSqliteFactory : IDesignTimeDbContextFactory<AccountsSqlite>
{
    public AccountsSqlite CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<AccountsSqlite>().UseSqlite("Data Source=design.db").UseSnakeCaseNamingConvention().Options);
}

internal sealed class AccountsPostgresFactory : IDesignTimeDbContextFactory<AccountsPostgres>
{
    public AccountsPostgres CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<AccountsPostgres>().UseNpgsql("Host=design").UseSnakeCaseNamingConvention().Options);
}
