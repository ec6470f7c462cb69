using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Tests;

public sealed class MigrationTests
{
    [Fact]
    public void The_SQLite_migrations_match_the_model()
    {
        using var db = new StatusSqliteFactory().CreateDbContext([]);
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public void The_PostgreSQL_migrations_match_the_model()
    {
        using var db = new StatusPostgresFactory().CreateDbContext([]);
        Assert.False(db.Database.HasPendingModelChanges());
    }
}
