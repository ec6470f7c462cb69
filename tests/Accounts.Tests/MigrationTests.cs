using Microsoft.EntityFrameworkCore;

namespace Kener.Accounts.Tests;

public sealed class MigrationTests
{
    [Fact]
    public void The_migrations_of_both_providers_say_what_the_model_says()
    {
        using var sqlite = new AccountsSqliteFactory().CreateDbContext([]);
        Assert.False(sqlite.Database.HasPendingModelChanges());
        using var postgres = new AccountsPostgresFactory().CreateDbContext([]);
        Assert.False(postgres.Database.HasPendingModelChanges());
    }
}
