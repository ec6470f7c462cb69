using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Kener.Persistence;

/// <summary>Races that a unique index decided.</summary>
public static class Duplicates
{
    private const int SqliteUnique = 2067, SqlitePrimaryKey = 1555;

    /// <summary>Whether it failed because another row has the same unique value: a refusal to the caller, not a fault.</summary>
    public static bool IsDuplicate(this DbUpdateException fault) => fault.InnerException switch
    {
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        SqliteException sqlite => sqlite.SqliteExtendedErrorCode is SqliteUnique or SqlitePrimaryKey,
        _ => false,
    };
}
