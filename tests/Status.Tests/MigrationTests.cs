using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Tests;

public sealed class MigrationTests
{
    [Fact]
    public void The_migrations_for_SQLite_say_all_that_the_model_says()
    {
        using var db = new StatusSqliteFactory().CreateDbContext([]);
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public void The_migrations_for_PostgreSQL_say_all_that_the_model_says()
    {
        using var db = new StatusPostgresFactory().CreateDbContext([]);
        Assert.False(db.Database.HasPendingModelChanges());
    }
}
