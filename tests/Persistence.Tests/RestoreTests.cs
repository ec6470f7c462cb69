using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Kener.Persistence.Tests;

/// <summary>A module detects at its start that its database was restored from a backup, and requests what it missed.</summary>
public sealed class RestoreTests : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "kener-test-" + Guid.NewGuid().ToString("N"));
    private string _connection = "";
    private Func<ValueTask> _drop = () => ValueTask.CompletedTask;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_connection, _drop) = await PostgresDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _drop();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite, true)]
    [InlineData(DatabaseKind.Sqlite, false)]
    [InlineData(DatabaseKind.PostgreSQL, false)]
    public async Task A_restored_database_reuses_no_id_and_requests_a_replay_once(DatabaseKind database, bool isCopiedWhileItRuns)
    {
        await using (var module = await StartAsync(database))
        {
            Assert.Equal(1, await module.MakeAsync("kept"));
            // A request of the first start that is still in the outbox would be in the backup, and be delivered after the restore as well.
            await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<ReplayRequested>().Count > 0));
            await module.OutboxEmptyAsync();
            if (isCopiedWhileItRuns) await BackUpAsync(database, module);
        }
        if (!isCopiedWhileItRuns) await BackUpAsync(database, null);
        await using (var module = await StartAsync(database))
        {
            Assert.Equal(2, await module.MakeAsync("lost"));
            Assert.False(await IsToAskAsync(module));
        }
        await RestoreAsync(database);
        await using (var module = await StartAsync(database))
        {
            await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<ReplayRequested>().Count > 0));
            await module.OutboxEmptyAsync();
            Assert.Single(module.Inbox.Of<ReplayRequested>());
            Assert.False(await IsToAskAsync(module));
            Assert.InRange(await module.MakeAsync("made after"), 1_001, 1_100);
            Assert.Equal(["kept", "made after"], await module.ReadAsync(db => db.Things.OrderBy(thing => thing.Id).Select(thing => thing.Name).ToListAsync(Cancel)));
        }
        await using (var module = await StartAsync(database))
        {
            Assert.False(await IsToAskAsync(module));
        }
    }

    [Fact]
    public async Task A_module_starts_even_if_the_file_beside_its_database_cannot_be_written()
    {
        await using (var module = await StartAsync(DatabaseKind.Sqlite)) Assert.Equal(1, await module.MakeAsync("kept"));
        Directory.CreateDirectory(Path.Combine(_folder, "test.db.place.new"));
        await using (var module = await StartAsync(DatabaseKind.Sqlite)) Assert.Equal(2, await module.MakeAsync("made meanwhile"));
        Directory.Delete(Path.Combine(_folder, "test.db.place.new"));
        await using (var module = await StartAsync(DatabaseKind.Sqlite))
        {
            Assert.False(await IsToAskAsync(module));
            Assert.Equal(3, await module.MakeAsync("made after"));
        }
    }

    private static Task<bool> IsToAskAsync(TestModule module) => module.ReadAsync(db => db.Places.Select(place => place.WasRestored).SingleAsync(Cancel));

    private Task<TestModule> StartAsync(DatabaseKind database) => TestModule.StartAsync(
        database, dataPath: _folder, requestsReplay: true, settings: new Dictionary<string, string?> { ["ConnectionStrings:testdb"] = _connection });

    private async Task BackUpAsync(DatabaseKind database, TestModule? running)
    {
        if (database == DatabaseKind.PostgreSQL) await CopyAsync(Name, Name + "_backup");
        else if (running is null) File.Copy(Path.Combine(_folder, "test.db"), Path.Combine(_folder, "test.backup"));
        else await running.ReadAsync(db => db.Database.ExecuteSqlAsync($"VACUUM INTO {Path.Combine(_folder, "test.backup")}", Cancel));
    }

    private async Task RestoreAsync(DatabaseKind database)
    {
        if (database == DatabaseKind.PostgreSQL)
        {
            await CopyAsync(Name + "_backup", Name);
            await ExecuteAsync($"DROP DATABASE {Name}_backup");
            return;
        }
        SqliteConnection.ClearAllPools();
        foreach (var left in Directory.GetFiles(_folder, "test.db-*")) File.Delete(left);
        File.Copy(Path.Combine(_folder, "test.backup"), Path.Combine(_folder, "test.db"), overwrite: true);
    }

    private string Name => new NpgsqlConnectionStringBuilder(_connection).Database!;

    private static async Task CopyAsync(string from, string to)
    {
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync($"DROP DATABASE IF EXISTS {to} WITH (FORCE)");
        await ExecuteAsync($"CREATE DATABASE {to} TEMPLATE {from}");
    }

    private static async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Environment.GetEnvironmentVariable("KENER_TEST_POSTGRES"));
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
