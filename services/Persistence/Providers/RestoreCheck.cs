using Kener.Persistence.Commit;
using Kener.Persistence.Replay;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Kener.Persistence.Providers;

/// <summary>
/// Detects, before anything is served, that a database was restored from a backup: it contains a name of the place where it was last opened, which
/// does not match a copy. In PostgreSQL that is the identity of server, database and table. In SQLite it is a random text that is also in a
/// file beside the database, and that changes at each start, at each stop and once a minute.
/// </summary>
internal static class RestoreCheck
{
    // Other services know ids that were assigned after the backup; this many are skipped until those services have reported them.
    private const long MostLostIds = 1_000;

    public static async Task OnPostgresAsync(ModuleDb db, ILogger log, CancellationToken cancel)
    {
        var own = await db.Database.SqlQuery<string>(
            $"SELECT concat_ws('/', (SELECT oid FROM pg_database WHERE datname = current_database()), 'database_places'::regclass::oid) AS \"Value\"").SingleAsync(cancel);
        var place = $"{await ServerAsync(db, cancel)}/{own}";
        await db.Database.CreateExecutionStrategy().ExecuteAsync(token => NoteAsync(db, [place], place, log, token), cancel);
    }

    /// <summary>Returns the server's identity and its timeline, which a point-in-time recovery changes; empty if the role may not read them.</summary>
    private static async Task<string> ServerAsync(ModuleDb db, CancellationToken cancel)
    {
        try
        {
            return await db.Database.SqlQuery<string>(
                $"SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()), left(pg_walfile_name(pg_current_wal_lsn()), 8)) AS \"Value\"").SingleAsync(cancel);
        }
        catch (PostgresException refused) when (!refused.IsTransient)
        {
            return "";
        }
    }

    public static async Task OnSqliteAsync(ModuleDb db, ILogger log, CancellationToken cancel)
    {
        var file = new PlaceFile(db);
        var (before, now) = (file.Read(), PlaceFile.New());
        try
        {
            file.Write([now, .. before]);
            await NoteAsync(db, before, now, log, cancel);
            file.Write([now]);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException || DatabaseOutage.IsOutage(fault))
        {
            // A full disk, for example: the pages can be served without the check. File and database still agree.
            log.LogWarning("Could not check whether {Database} was restored from a backup: {Reason}", db.GetType().Name, fault.GetBaseException().Message);
        }
    }

    private static async Task NoteAsync(ModuleDb db, IReadOnlyList<string> known, string place, ILogger log, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var row = await db.Places.SingleOrDefaultAsync(cancel);
        if (row is null) db.Places.Add(row = new DatabasePlace { Place = place });
        else if (!known.Contains(row.Place))
        {
            log.LogWarning("{Database} was restored from a backup. Its versions are compared with those of other services, and a replay of what it missed is requested", db.GetType().Name);
            row.WasRestored = true;
            foreach (var entity in db.WithIds()) await db.RaiseIdsAsync(entity, 0, MostLostIds, cancel);
            await db.OnRestoredAsync(cancel);
        }
        row.Place = place;
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        db.ChangeTracker.Clear();
    }
}

/// <summary>The file beside an SQLite database with the name of its place; with two names while one replaces the other.</summary>
internal sealed class PlaceFile(ModuleDb db)
{
    private readonly string _path = new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource + ".place";

    public static string New() => Guid.NewGuid().ToString("N");

    public string[] Read() => File.Exists(_path) ? File.ReadAllLines(_path) : [];

    public void Write(string[] names)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(_path + ".new", options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(string.Join('\n', names)));
            file.Flush(flushToDisk: true);
        }
        File.Move(_path + ".new", _path, overwrite: true);
    }
}
