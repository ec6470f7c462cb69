using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Kener.Persistence.Commit;

/// <summary>Detects violations of unique indexes, which decide races.</summary>
public static class Duplicates
{
    private const int SqliteUnique = 2067, SqlitePrimaryKey = 1555;

    /// <summary>Returns whether a save failed because another row has the same unique value: an error of the caller, not a fault.</summary>
    public static bool IsDuplicate(this DbUpdateException fault) => fault.InnerException switch
    {
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is SqliteUnique or SqlitePrimaryKey,
        _ => false,
    };
}
