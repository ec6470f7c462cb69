using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>
/// Results and the deletion of their monitor must not pass each other, or results would lie about for ever. One lock for all monitors, shared
/// by writers of results: a lock on each of a thousand rows would cost more than the results themselves. SQLite has one writer anyway.
/// </summary>
internal static class Deletion
{
    private const int AtOnce = 10_000;

    /// <summary>Nobody deletes a monitor until the transaction under way ends; monitors read after this are there to stay.</summary>
    public static Task HoldOffAsync(MonitorsDb db, CancellationToken cancel) => !db.IsPostgres ? Task.CompletedTask
        : db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock_shared(hashtext('kener monitors'))", cancel);

    /// <summary>Waits for those who store results now; later ones wait until the transaction under way ends.</summary>
    public static Task BeginAsync(MonitorsDb db, CancellationToken cancel) => !db.IsPostgres ? Task.CompletedTask
        : db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtext('kener monitors'))", cancel);

    /// <summary>Takes away a part of a gone monitor's results; whether any may be left.</summary>
    public static async Task<bool> TakeResultsAsync(MonitorsDb db, long monitor, CancellationToken cancel)
    {
        var until = await db.Results.Where(row => row.MonitorId == monitor).OrderBy(row => row.Minute).Skip(AtOnce).Select(row => (long?)row.Minute)
            .FirstOrDefaultAsync(cancel);
        await db.Results.Where(row => row.MonitorId == monitor && (until == null || row.Minute < until)).ExecuteDeleteAsync(cancel);
        return until is not null;
    }
}
