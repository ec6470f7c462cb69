using Kener.Accounts.Database;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Accounts.Tests;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class FirstKeyTests
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_bootstrap_key_is_created_if_there_is_no_key_and_is_not_printed(DatabaseKind database)
    {
        var terminal = new StringWriter();
        await using var host = await AccountsHost.StartAsync(database, terminal: terminal);
        var key = Assert.Single(host.Published().Keys);
        Assert.Equal(KeyHash.Of(AccountsHost.Bootstrap), key.Hash);
        Assert.Equal(Permissions.OfKeys, key.Permissions);
        Assert.Empty(terminal.ToString());
    }

    [Fact]
    public async Task Without_any_key_one_is_created_and_printed_at_the_first_start_only()
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

    [Fact]
    public async Task Without_a_terminal_the_first_key_goes_to_a_file_that_only_its_owner_can_read()
    {
        var folder = Path.Combine(Path.GetTempPath(), "kener-test-" + Guid.NewGuid().ToString("N"));
        var file = Path.Combine(folder, "first-api-key");
        try
        {
            var terminal = new StringWriter();
            await using (var host = await AccountsHost.StartAsync(DatabaseKind.PostgreSQL, bootstrap: null, terminal: terminal, dataPath: folder, isInteractive: false))
                await IsInFileAsync(host);
            Assert.Empty(terminal.ToString());
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));

            // A new database next to the file of an old one, which has been replaced by a link: the target of the link is not touched.
            var target = Path.Combine(folder, "target");
            await File.WriteAllTextAsync(target, "untouched", TestContext.Current.CancellationToken);
            File.Delete(file);
            File.CreateSymbolicLink(file, target);
            await using (var host = await AccountsHost.StartAsync(DatabaseKind.Sqlite, bootstrap: null, dataPath: folder, isInteractive: false)) await IsInFileAsync(host);
            Assert.Equal("untouched", await File.ReadAllTextAsync(target, TestContext.Current.CancellationToken));

            // The file is written once: a later start does not write it again.
            File.Delete(file);
            await using (await AccountsHost.StartAsync(DatabaseKind.Sqlite, bootstrap: null, dataPath: folder, isInteractive: false)) Assert.False(File.Exists(file));
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }

        async Task IsInFileAsync(ModuleHost host)
        {
            var key = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim();
            Assert.Equal(Assert.Single(host.Published().Keys).Hash, KeyHash.Of(key));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Null(new FileInfo(file).LinkTarget);
        }
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_bootstrap_key_is_enabled_again_if_no_active_key_can_manage_keys(DatabaseKind database)
    {
        await using var host = await AccountsHost.StartAsync(database);
        using var api = host.Client();
        var (reader, _) = await api.CreateAsync("reader", Permissions.ApiKeysRead);
        var bootstrap = host.Published().Keys.Single(key => key.Id != reader);

        // The last key that can manage keys may disable itself; the setting applies at the next start, whatever made that key unusable.
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Patch, $"/api/v5/api-keys/{bootstrap.Id}", new { status = "INACTIVE" })).Status);
        await StartsAsync(host);
        Assert.Equal([bootstrap.Id, reader], host.Published().Keys.Select(key => key.Id));
        foreach (var change in new[] { "expires_at = 1", "permissions = '[\"api_keys.read\"]'", "hash = 'other'" })
        {
            await using (var scope = host.Services.CreateAsyncScope())
            {
                var db = scope.ServiceProvider.GetRequiredService<AccountsDb>().Database;
                var sql = $"UPDATE api_keys SET {(database == DatabaseKind.PostgreSQL ? change.Replace("'[\"api_keys.read\"]'", "ARRAY['api_keys.read']") : change)} WHERE name LIKE 'bootstrap%'";
                await db.ExecuteSqlRawAsync(sql, TestContext.Current.CancellationToken);
                if (change.StartsWith("hash", StringComparison.Ordinal)) await db.ExecuteSqlRawAsync("UPDATE api_keys SET status = 'INACTIVE' WHERE hash = 'other'", TestContext.Current.CancellationToken);
            }
            await StartsAsync(host);
            var known = host.Published().Keys.Single(key => key.Hash == bootstrap.Hash);
            Assert.Equal(Permissions.OfKeys, known.Permissions);
            Assert.Null(known.ExpiresAt);
        }
        Assert.Equal("bootstrap 2", host.Published().Keys.Single(key => key.Hash == bootstrap.Hash).Name);
    }

    [Fact]
    public async Task The_bootstrap_key_changes_nothing_while_another_active_key_can_manage_keys()
    {
        await using var host = await AccountsHost.StartAsync(DatabaseKind.Sqlite);
        using var api = host.Client();
        var (other, _) = await api.CreateAsync("other", Permissions.ApiKeysWrite);
        var bootstrap = host.Published().Keys.Single(key => key.Id != other).Id;
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Patch, $"/api/v5/api-keys/{bootstrap}", new { status = "INACTIVE" })).Status);
        await StartsAsync(host);
        Assert.Equal(other, Assert.Single(host.Published().Keys).Id);
    }

    /// <summary>Does what a start does, on an existing database, as several replicas at once.</summary>
    private static async Task StartsAsync(ModuleHost host)
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ActivatorUtilities.CreateInstance<ApiKeys.FirstKey>(host.Services).StartAsync(TestContext.Current.CancellationToken)));
        await host.Services.GetRequiredService<ApiKeys.KeyPublisher>().PublishAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("thirty-two characters, but with blanks in it")]
    public async Task An_unusable_bootstrap_key_stops_the_start(string key)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => AccountsHost.StartAsync(DatabaseKind.Sqlite, bootstrap: key));
        Assert.Contains("Kener__BootstrapApiKey", fault.Message);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_change_by_another_process_is_published_within_seconds(DatabaseKind database)
    {
        await using var host = await AccountsHost.StartAsync(database);
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccountsDb>();
        await db.Database.ExecuteSqlRawAsync("UPDATE api_keys SET status = 'INACTIVE'", TestContext.Current.CancellationToken);
        await db.Database.ExecuteSqlRawAsync("UPDATE key_sets SET version = version + 1", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Task.FromResult(host.Published().Keys.Count == 0));
    }
}
