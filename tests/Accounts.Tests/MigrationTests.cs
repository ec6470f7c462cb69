using Kener.Accounts.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Accounts.Tests;

public sealed class MigrationTests
{
    [Fact]
    public void The_migrations_of_both_providers_match_the_model()
    {
        using var sqlite = new AccountsSqliteFactory().CreateDbContext([]);
        Assert.False(sqlite.Database.HasPendingModelChanges());
        using var postgres = new AccountsPostgresFactory().CreateDbContext([]);
        Assert.False(postgres.Database.HasPendingModelChanges());
    }
}
