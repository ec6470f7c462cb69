using System.Data.Common;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Kener.Persistence.Tests;

public sealed class StartTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_data_folder_belongs_to_one_process_at_a_time()
    {
        var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
        await using (await TestModule.StartAsync(DatabaseKind.Sqlite, dataPath: folder))
        {
            var fault = await Assert.ThrowsAsync<StartRefusedException>(() => TestModule.StartAsync(DatabaseKind.Sqlite, dataPath: folder));
            Assert.Contains("Kener__DataPath", fault.Message, StringComparison.Ordinal);
            Assert.Contains(folder, fault.Message, StringComparison.Ordinal);
            Assert.Contains("in use by another Kener", fault.Message, StringComparison.Ordinal);
        }
        await using (await TestModule.StartAsync(DatabaseKind.Sqlite, dataPath: folder))
        {
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_created_is_named()
    {
        var file = Path.GetTempFileName();
        var fault = await Assert.ThrowsAsync<StartRefusedException>(() =>
            TestModule.StartAsync(DatabaseKind.Sqlite, dataPath: Path.Combine(file, "below-a-file")));
        Assert.Contains("cannot be written", fault.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task A_start_succeeds_after_one_that_was_killed_during_a_migration()
    {
        var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "test.db")};Pooling=False"))
        {
            await connection.OpenAsync(Cancel);
            await using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE \"__EFMigrationsLock\" (id INTEGER PRIMARY KEY, timestamp TEXT); INSERT INTO \"__EFMigrationsLock\" VALUES (1, 'long ago')";
            await command.ExecuteNonQueryAsync(Cancel);
        }
        await using (var module = await TestModule.StartAsync(DatabaseKind.Sqlite, dataPath: folder))
        {
            await module.MakeAsync("works");
        }
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_database_from_before_the_first_release_stops_the_start_and_is_not_changed(DatabaseKind database)
    {
        var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
        var (connection, drop) = await PostgresDatabase.CreateAsync();
        await using DbConnection old = database == DatabaseKind.PostgreSQL ? new NpgsqlConnection(connection)
            : new SqliteConnection($"Data Source={Path.Combine(folder, "test.db")};Pooling=False");
        await OldDatabase.MakeAsync(old);
        var fault = await Assert.ThrowsAsync<StartRefusedException>(() =>
            TestModule.StartAsync(database, dataPath: folder, settings: new Dictionary<string, string?> { ["ConnectionStrings:testdb"] = connection }));
        Assert.Contains(database == DatabaseKind.PostgreSQL ? new NpgsqlConnectionStringBuilder(connection).Database! : Path.Combine(folder, "test.db"), fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("was created by a build before 0.1.0, which this build cannot upgrade. Start with an empty database, or run the build that created it", fault.Message, StringComparison.Ordinal);
        await using var command = old.CreateCommand();
        command.CommandText = database == DatabaseKind.PostgreSQL ? "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'" : "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table'";
        Assert.Equal(1L, await command.ExecuteScalarAsync(Cancel));
        await old.CloseAsync();
        await drop();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Acknowledged_writes_to_SQLite_are_on_disk()
    {
        await using var module = await TestModule.StartAsync(DatabaseKind.Sqlite);
        async Task<object?> Pragma(string name) => await module.ReadAsync(async db =>
        {
            await db.Database.OpenConnectionAsync(Cancel);
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = $"PRAGMA {name}";
            return await command.ExecuteScalarAsync(Cancel);
        });
        Assert.Equal("wal", await Pragma("journal_mode"));
        Assert.Equal(2L, await Pragma("synchronous"));
        Assert.Equal(1L, await Pragma("foreign_keys"));
        Assert.Equal(5000L, await Pragma("busy_timeout"));
    }

    [Fact]
    public async Task Replicas_that_start_together_migrate_one_after_the_other()
    {
        var (connection, drop) = await PostgresDatabase.CreateAsync();
        var settings = new Dictionary<string, string?> { ["ConnectionStrings:testdb"] = connection };
        var modules = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TestModule.StartAsync(DatabaseKind.PostgreSQL, settings: settings)));
        await modules[2].MakeAsync("works");
        foreach (var module in modules) await module.DisposeAsync();
        await drop();
    }

    [Fact]
    public async Task A_database_that_does_not_exist_yet_is_waited_for()
    {
        var (connection, drop) = await PostgresDatabase.CreateAsync();
        await drop();
        // The pause after its first attempt.
        var clock = new WatchedClock(TimeSpan.FromMilliseconds(100));
        var starting = TestModule.StartAsync(DatabaseKind.PostgreSQL, clock, settings: new Dictionary<string, string?> { ["ConnectionStrings:testdb"] = connection });
        await Eventually.TrueAsync(() => Task.FromResult(clock.Waits == 1 || starting.IsCompleted));
        Assert.False(starting.IsCompleted);
        var name = new NpgsqlConnectionStringBuilder(connection).Database!;
        await ExecuteAsync($"CREATE DATABASE {name}");
        await clock.TurnUntilAsync(() => starting.IsCompleted);
        await using (var module = await starting)
        {
            await module.MakeAsync("works");
        }
        await drop();
    }

    [Fact]
    public async Task A_database_that_is_unreachable_for_a_minute_stops_the_start_with_its_name()
    {
        var clock = new FakeTimeProvider();
        var starting = TestModule.StartAsync(DatabaseKind.PostgreSQL, clock, settings: new Dictionary<string, string?>
        {
            ["ConnectionStrings:testdb"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=missing",
        });
        await clock.TurnUntilAsync(() => starting.IsCompleted);
        var fault = await Assert.ThrowsAsync<StartRefusedException>(() => starting);
        Assert.Contains("'missing'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_connection_string_stops_the_start_with_its_name()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => TestModule.StartAsync(
            DatabaseKind.PostgreSQL, settings: new Dictionary<string, string?> { ["ConnectionStrings:testdb"] = "" }));
        Assert.Contains("ConnectionStrings__testdb", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_migrations_match_the_model(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        Assert.False(await module.ReadAsync(db => Task.FromResult(db.Database.HasPendingModelChanges())));
    }

    private static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Environment.GetEnvironmentVariable("KENER_TEST_POSTGRES"));
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
