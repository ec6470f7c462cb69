using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Accounts.Tests;

public sealed class FirstKeyTests
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_bootstrap_key_is_made_where_there_is_none_and_not_shown(DatabaseKind database)
    {
        var terminal = new StringWriter();
        await using var host = await AccountsHost.StartAsync(database, terminal: terminal);
        var key = Assert.Single(host.Published().Keys);
        Assert.Equal(KeyHash.Of(AccountsHost.Bootstrap), key.Hash);
        Assert.Equal(Permissions.OfKeys, key.Permissions);
        Assert.Empty(terminal.ToString());
    }

    [Fact]
    public async Task Without_any_key_one_is_made_and_shown_at_the_first_start_only()
    {
        var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
        try
        {
            var terminal = new StringWriter();
            PublishedKey first;
            await using (var host = await AccountsHost.StartAsync(DatabaseKind.Sqlite, bootstrap: null, terminal: terminal, dataPath: folder))
            {
                var shown = terminal.ToString().Split([' ', '\n', '"'], StringSplitOptions.RemoveEmptyEntries).First(word => word.StartsWith("kener_", StringComparison.Ordinal));
                first = Assert.Single(host.Published().Keys);
                Assert.Equal(first.Hash, KeyHash.Of(shown));
            }

            terminal = new StringWriter();
            await using (var host = await AccountsHost.StartAsync(DatabaseKind.Sqlite, bootstrap: AccountsHost.Bootstrap, terminal: terminal, dataPath: folder))
            {
                Assert.Equal(first.Hash, Assert.Single(host.Published().Keys).Hash);
                Assert.Empty(terminal.ToString());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("short")]
    [InlineData("thirty-two characters, but with blanks in it")]
    public async Task A_bootstrap_key_that_can_not_serve_stops_the_start(string key)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => AccountsHost.StartAsync(DatabaseKind.Sqlite, bootstrap: key));
        Assert.Contains("Kener__BootstrapApiKey", fault.Message);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task What_another_process_changed_is_published_within_seconds(DatabaseKind database)
    {
        await using var host = await AccountsHost.StartAsync(database);
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccountsDb>();
        await db.Database.ExecuteSqlRawAsync("UPDATE api_keys SET status = 'INACTIVE'", TestContext.Current.CancellationToken);
        await db.Database.ExecuteSqlRawAsync("UPDATE key_sets SET version = version + 1", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Task.FromResult(host.Published().Keys.Count == 0));
    }
}
