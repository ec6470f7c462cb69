using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Kener.Persistence.Commit;

/// <summary>
/// Remembers that a module's database stores nothing, because a full disk shows in no other way. A session of PostgreSQL keeps the mode in which
/// it began, so read-only sessions are not used again.
/// </summary>
public sealed class WriteHealth<TDb>(TimeProvider clock) where TDb : ModuleDb
{
    // Agents report more often than this, so a lasting outage is noticed again before it is forgotten.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);
    private volatile Failure? _last;

    private sealed record Failure(OutageKind Kind, long At);

    /// <summary>Why writes failed within the last two minutes; null if none failed, or if one has succeeded since.</summary>
    internal OutageKind? Problem => _last is { } last && clock.GetElapsedTime(last.At) < Memory ? last.Kind : null;

    internal void Succeeded() => _last = null;

    /// <summary>Records that a write failed, for whatever reason.</summary>
    internal void Failed(TDb db, Exception fault)
    {
        if (DatabaseOutage.KindOf(fault) is not ((OutageKind.Full or OutageKind.ReadOnly) and { } kind)) return;
        _last = new Failure(kind, clock.GetTimestamp());
        if (kind == OutageKind.ReadOnly && db.IsPostgres) LeaveSessions(db);
    }

    /// <summary>Records PostgreSQL's own answer whether it is read-only.</summary>
    internal void Noted(TDb db, bool isReadOnly)
    {
        if (isReadOnly) LeaveSessions(db);
        else if (_last is { Kind: OutageKind.ReadOnly }) _last = null;
    }

    /// <summary>Clears the pool, so that new connections are opened from now on.</summary>
    private static void LeaveSessions(TDb db) => NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection());
}
