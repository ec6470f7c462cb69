using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Kener.Persistence.Providers;

/// <summary>Settings of every SQLite connection: an acknowledged write is on disk, and readers do not block the writer.</summary>
internal sealed class SqliteTuning : DbConnectionInterceptor
{
    // The cache of each connection is small (512 KiB): the system caches the same pages, and there are many connections.
    private const string Pragmas = "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-512;";

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
