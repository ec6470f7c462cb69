using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;

namespace Kener.Persistence.Commit;

/// <summary>Why a database is unavailable for now.</summary>
internal enum OutageKind
{
    /// <summary>It does not answer, refuses connections, or is overloaded.</summary>
    Unreachable,
    /// <summary>It can be read but stores nothing: its disk is full.</summary>
    Full,
    /// <summary>It can be read but stores nothing: it is a standby, or an operator made it read-only.</summary>
    ReadOnly,
}

/// <summary>
/// Distinguishes an outage of a database, which passes without a change to Kener, from every other fault of a database, which is a bug or
/// damaged data and fails again at each attempt.
/// </summary>
internal static class DatabaseOutage
{
    private const int SqliteBusy = 5, SqliteNoMemory = 7, SqliteReadOnly = 8, SqliteIoError = 10, SqliteFull = 13, SqliteCannotOpen = 14;

    /// <summary>Returns whether this fault, or one that it wraps, is an outage of a database.</summary>
    public static bool IsOutage(this Exception fault) => KindOf(fault) is not null;

    /// <summary>Returns the reason for a client; null if the fault is no outage.</summary>
    public static string? ReasonOf(Exception fault) => KindOf(fault) is { } kind ? ReasonOf(kind) : null;

    /// <summary>Returns the reason for a client.</summary>
    public static string ReasonOf(OutageKind kind) => kind switch
    {
        OutageKind.Full => "The disk of the database is full; nothing can be stored until it has space",
        OutageKind.ReadOnly => "The database is read-only; nothing can be stored until it accepts writes",
        _ => "The service can not reach its data now; try again later",
    };

    /// <summary>Returns the kind of outage, however deep it is wrapped: a retry limit wraps the failed save, which wraps the fault.</summary>
    public static OutageKind? KindOf(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            var kind = cause switch
            {
                // SQLite has error codes of its own, not those of SQL.
                SqliteException sqlite => OfSqlite(sqlite.SqliteErrorCode),
                DbException { SqlState: { Length: 5 } state } => OfPostgres(state),
                // Without a code, it was not an answer of the server.
                DbException { IsTransient: true } => OutageKind.Unreachable,
                RegexMatchTimeoutException => null,
                TimeoutException => OutageKind.Unreachable,
                _ => null,
            };
            if (kind is not null) return kind;
        }
        return null;
    }

    private static OutageKind? OfSqlite(int code) => code switch
    {
        SqliteFull => OutageKind.Full,
        SqliteReadOnly => OutageKind.ReadOnly,
        SqliteBusy or SqliteIoError or SqliteCannotOpen or SqliteNoMemory => OutageKind.Unreachable,
        _ => null,
    };

    private static OutageKind? OfPostgres(string state) => state switch
    {
        "53100" => OutageKind.Full,
        "25006" => OutageKind.ReadOnly,
        // 3D000: the database does not exist, as between the two steps of a restore. 40001, 40P01, 55P03: lost conflicts at each attempt.
        // 58000, 58030: the disk fails.
        "3D000" or "40001" or "40P01" or "55P03" or "58000" or "58030" => OutageKind.Unreachable,
        // Connection, authentication, resources, shutdown.
        ['0', '8', ..] or ['2', '8', ..] or ['5', '3', ..] or ['5', '7', 'P', '0', _] => OutageKind.Unreachable,
        _ => null,
    };
}
