using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Kener.Status.Database;

internal sealed class StatusSqlite(DbContextOptions<StatusSqlite> options) : StatusDb(options);

internal sealed class StatusPostgres(DbContextOptions<StatusPostgres> options) : StatusDb(options);

// Used by `dotnet ef`, which creates migrations without a database.

internal sealed class StatusSqliteFactory : IDesignTimeDbContextFactory<StatusSqlite>
{
    public StatusSqlite CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<StatusSqlite>().UseSqlite().UseSnakeCaseNamingConvention().Options);
}

internal sealed class StatusPostgresFactory : IDesignTimeDbContextFactory<StatusPostgres>
{
    public StatusPostgres CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<StatusPostgres>().UseNpgsql().UseSnakeCaseNamingConvention().Options);
}
