using Kener.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Kener.Monitors.Database;

/// <summary>Takes PostgreSQL's advisory locks, which are held until the transaction ends. SQLite has a single writer and needs none.</summary>
internal static class AdvisoryLock
{
    /// <summary>
    /// Takes the lock and then reads a number, in one round trip. The read is a separate statement, so it sees everything that was committed
    /// before the lock was granted.
    /// </summary>
    public static async Task<long> ThenReadAsync(ModuleDb db, string lockStatement, string query, CancellationToken cancel)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandText = db.IsPostgres ? $"{lockStatement}; {query}" : query;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (db.IsPostgres) await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        return reader.GetInt64(0);
    }
}
