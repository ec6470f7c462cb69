using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>
/// Results and the deletion of their monitor must not pass each other, or results would lie about for ever. One lock for all monitors, shared
/// by writers of results: a lock on each of a thousand rows would cost more than the results themselves. SQLite has one writer anyway.
/// </summary>
internal static class Deletion
{
    /// <summary>The statement of <see cref="HoldOffAsync"/> in PostgreSQL.</summary>
    public const string HoldOff = "SELECT pg_advisory_xact_lock_shared(hashtext('kener monitors'))";

    /// <summary>Nobody deletes a monitor until the transaction under way ends; monitors read after this are there to stay.</summary>
    public static Task HoldOffAsync(MonitorsDb db, CancellationToken cancel) => !db.IsPostgres ? Task.CompletedTask
        : db.Database.ExecuteSqlRawAsync(HoldOff, cancel);

    /// <summary>Waits for those who store results now; later ones wait until the transaction under way ends.</summary>
    public static Task BeginAsync(MonitorsDb db, CancellationToken cancel) => !db.IsPostgres ? Task.CompletedTask
        : db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext('kener monitors'))", cancel);
}
