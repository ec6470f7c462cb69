using Kener.Incidents.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Tests;

public sealed class MigrationTests
{
    [Fact]
    public void The_SQLite_migrations_match_the_model()
    {
        using var db = new IncidentsSqliteDesign().CreateDbContext([]);
        Assert.False(db.Database.HasPendingModelChanges());
    }

    [Fact]
    public void The_PostgreSQL_migrations_match_the_model()
    {
        using var db = new IncidentsPostgresDesign().CreateDbContext([]);
        Assert.False(db.Database.HasPendingModelChanges());
    }
}
