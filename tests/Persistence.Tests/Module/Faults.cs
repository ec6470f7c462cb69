using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Kener.Persistence.Tests;

/// <summary>Faults at the most critical moments, each once.</summary>
internal static class Faults
{
    /// <summary>Adds an interceptor to the test module's contexts.</summary>
    public static void AddFault(this IServiceCollection services, IInterceptor fault)
    {
        services.ConfigureDbContext<TestSqlite>(options => options.AddInterceptors(fault));
        services.ConfigureDbContext<TestPostgres>(options => options.AddInterceptors(fault));
    }

    public static NpgsqlException LostConnection() => new("The connection was lost", new IOException("broken pipe"));
}

/// <summary>Breaks the connection during the commit: before the server has it, or afterwards, when the client cannot know whether it has.</summary>
internal sealed class BrokenCommit(bool afterwards) : DbTransactionInterceptor
{
    private int _left;

    public void Arm() => _left = 1;

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        !afterwards && Interlocked.Decrement(ref _left) == 0 ? throw Faults.LostConnection() : ValueTask.FromResult(result);

    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        afterwards && Interlocked.Decrement(ref _left) == 0 ? throw Faults.LostConnection() : Task.CompletedTask;
}

/// <summary>Fails the deletion of a delivered event, as if the process had ended in between.</summary>
internal sealed class BrokenDeletion : DbCommandInterceptor
{
    private int _left = 1;

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        command.CommandText.Contains("DELETE FROM", StringComparison.Ordinal) && Interlocked.Decrement(ref _left) == 0
            ? throw new InvalidOperationException("ended before the deletion") : ValueTask.FromResult(result);
}

/// <summary>A database that can be read and stores nothing, as SQLite or PostgreSQL would show it.</summary>
internal sealed class PlantedOutage(bool isFull) : DbConnectionInterceptor
{
    private volatile bool _isOn;

    /// <summary>Begins or ends the outage.</summary>
    public async Task SetAsync(TestModule module, bool isOn)
    {
        _isOn = isOn;
        await module.ReadAsync(async db =>
        {
            if (!db.IsPostgres) return 0;
            var name = db.Database.GetDbConnection().Database;
            string[] statements = (isFull, isOn) switch
            {
                (true, true) =>
                [
                    "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN RAISE 'no space left on device' USING ERRCODE = '53100'; END $$ LANGUAGE plpgsql",
                    "CREATE TRIGGER full_disk BEFORE INSERT ON things FOR EACH ROW EXECUTE FUNCTION full_disk()",
                ],
                (true, false) => ["DROP TRIGGER full_disk ON things"],
                // For sessions that begin from now on, including new ones of this module.
                _ =>
                [
                    $"ALTER DATABASE {name} SET default_transaction_read_only = {(isOn ? "on" : "off")}",
                ],
            };
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Environment.GetEnvironmentVariable("KENER_TEST_POSTGRES")) { Database = name, Pooling = false }
                .ToString() + ";Options=-c default_transaction_read_only=off");
            await connection.OpenAsync();
            if (!isFull && isOn) statements = [.. statements, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"];
            foreach (var statement in statements)
            {
                await using var command = new NpgsqlCommand(statement, connection);
                await command.ExecuteNonQueryAsync();
            }
            return 0;
        });
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (connection is not SqliteConnection) return;
        await using var command = connection.CreateCommand();
        // SQLite does not go below the number of pages that exist.
        command.CommandText = isFull ? $"PRAGMA max_page_count={(_isOn ? 1 : int.MaxValue)}" : $"PRAGMA query_only={(_isOn ? 1 : 0)}";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
