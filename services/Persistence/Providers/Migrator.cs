using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Kener.Persistence.Providers;

/// <summary>The migration of a module's database.</summary>
internal sealed record ModuleMigration(Func<CancellationToken, Task> RunAsync);

/// <summary>Migrates all databases of this process in parallel, before its modules start: each migration waits mostly for the compiler.</summary>
internal sealed class Migrations(IEnumerable<ModuleMigration> migrations) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(migrations.Select(migration => Task.Run(() => migration.RunAsync(cancellationToken), cancellationToken)));

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Migrates the database before the process serves: in PostgreSQL under an advisory lock, so that replicas migrate in turn.</summary>
internal sealed class Migrator<TDb>(IServiceScopeFactory scopes, DataFolder folder, TimeProvider clock, ILogger<Migrator<TDb>> log)
    where TDb : ModuleDb
{
    private const long LockKey = 0x4B454E4552; // "KENER"
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1), FirstPause = TimeSpan.FromMilliseconds(100), LongestPause = TimeSpan.FromSeconds(5), LongestMigration = TimeSpan.FromMinutes(30);

    public async Task RunAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        if (db.IsPostgres)
        {
            await WhenThereAsync(db, cancel);
            return;
        }
        try
        {
            await MigrateSqliteAsync(db, cancel);
        }
        catch (Exception fault) when (DatabaseOutage.ReasonOf(fault) is { } reason)
        {
            // SQLite cannot even read without space for its write-ahead log.
            throw new StartRefusedException($"{db.Database.GetDbConnection().DataSource}: {reason}. ({fault.GetBaseException().Message})");
        }
    }

    private async Task MigrateSqliteAsync(TDb db, CancellationToken cancel)
    {
        folder.Claim();
        // SQLite would create the file and its log with the umask's mode: readable by every user who can read the folder.
        if (db.Database.GetDbConnection().DataSource is var file && !File.Exists(file)) await OwnerOnly.CreateFile(file).DisposeAsync();
        await db.Database.OpenConnectionAsync(cancel);
        // EF marks a running migration by a row, which a killed process leaves behind forever. No other process can be migrating: this one holds
        // the lock of the folder.
        await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancel);
        await MigrateAsync(db, cancel);
        await RestoreCheck.OnSqliteAsync(db, log, cancel);
        await db.Database.CloseConnectionAsync();
    }

    /// <summary>Waits for a server that may be starting at the same time.</summary>
    private Task WhenThereAsync(TDb db, CancellationToken cancel)
    {
        var start = clock.GetTimestamp();
        return Retries.UntilDoneAsync(() => MigratePostgresAsync(db, cancel), (fault, failures) =>
        {
            if (!IsNotThereYet(fault)) return null;
            var connection = db.Database.GetDbConnection();
            if (clock.GetElapsedTime(start) > Patience) throw new StartRefusedException(
                $"{typeof(TDb).Name}: the PostgreSQL database '{connection.Database}' at '{connection.DataSource}' was unreachable for one minute: {fault.GetBaseException().Message}");
            log.LogInformation("{Module} is waiting for its database: {Reason}", typeof(TDb).Name, fault.GetBaseException().Message);
            return Retries.PauseAfter(failures, FirstPause, LongestPause);
        }, clock, cancel);
    }

    /// <summary>
    /// The lock belongs to the connection, so it is released when the process is killed. Each migration is a transaction of its own, so none is left
    /// half done.
    /// </summary>
    private async Task MigratePostgresAsync(TDb db, CancellationToken cancel)
    {
        await db.Database.OpenConnectionAsync(cancel);
        var usual = db.Database.GetCommandTimeout();
        try
        {
            // Wait for another replica's migration, up to half an hour.
            db.Database.SetCommandTimeout(LongestMigration);
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({LockKey})", cancel);
            await MigrateAsync(db, cancel);
            await RestoreCheck.OnPostgresAsync(db, log, cancel);
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({LockKey})", cancel);
        }
        catch
        {
            // Whatever failed, a pooled connection must not keep the lock.
            NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection());
            throw;
        }
        finally
        {
            db.Database.SetCommandTimeout(usual);
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>
    /// Migrates only if a migration is pending: checking that is faster than a migration that has nothing to do. Refuses a database that was created
    /// before the migrations were squashed into one. Accepts migrations of later builds, because replicas are upgraded one by one.
    /// </summary>
    private static async Task MigrateAsync(TDb db, CancellationToken cancel)
    {
        var applied = (await db.Database.GetAppliedMigrationsAsync(cancel)).ToList();
        var known = db.Database.GetMigrations().ToList();
        if (applied.Count > 0 && !applied.Contains(known[0]))
        {
            throw new StartRefusedException(
                $"The database '{db.Database.GetDbConnection().DataSource} {db.Database.GetDbConnection().Database}' was created by a build before 0.1.0, which this build cannot upgrade. Start with an empty database, or run the build that created it");
        }
        if (known.Except(applied).Any()) await db.Database.MigrateAsync(cancel);
    }

    private static bool IsNotThereYet(Exception fault) =>
        fault is PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } or NpgsqlException { IsTransient: true } or TimeoutException
        || fault.InnerException is { } inner && IsNotThereYet(inner);
}
