using Kener.Monitors.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Results;

/// <summary>
/// Serializes storing results with deleting their monitor; otherwise results of a deleted monitor could remain. One lock covers all monitors and is
/// shared by writers of results, because locking a thousand rows would cost more than storing the results. SQLite has a single writer anyway.
/// </summary>
internal static class Deletion
{
    /// <summary>The statement that <see cref="HoldOffAsync"/> runs in PostgreSQL.</summary>
    public const string HoldOff = "SELECT pg_advisory_xact_lock_shared(hashtext('kener monitors'))";

    /// <summary>Prevents the deletion of monitors until the current transaction ends: monitors that are read after this exist until then.</summary>
    public static Task HoldOffAsync(MonitorsDb db, CancellationToken cancel) => !db.IsPostgres ? Task.CompletedTask
        : db.Database.ExecuteSqlRawAsync(HoldOff, cancel);

    /// <summary>Waits for transactions that are storing results; later ones wait until the current transaction ends.</summary>
    public static Task BeginAsync(MonitorsDb db, CancellationToken cancel) => !db.IsPostgres ? Task.CompletedTask
        : db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext('kener monitors'))", cancel);
}
