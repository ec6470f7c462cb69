using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Projections;
using Kener.Status.Projections.History;
using Kener.Status.Site.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Status.Site;

/// <summary>
/// Empties the days that are past their monitor's retention, shortly after midnight UTC. A day that a page may still show stays as
/// an empty row, by which the change is noticed when pages are rendered; older rows are deleted. Pages are rendered again at once.
/// </summary>
internal sealed class HistoryRetention(
    IServiceScopeFactory scopes, RenderTrigger trigger, IOptions<KenerSettings> settings, TimeProvider clock, ILogger<HistoryRetention> log) : BackgroundService
{
    private static readonly TimeSpan AfterMidnight = TimeSpan.FromMinutes(10);
    private const int LongestShown = 366;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Daily.RunAsync("Deleting days past their retention", AfterMidnight, RunAsync, clock, log, stoppingToken);

    internal async Task RunAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StatusDb>();
        var changes = scope.ServiceProvider.GetRequiredService<Changes<StatusDb>>();
        var today = Minutes.DayOf(clock.GetUtcNow().ToUnixTimeSeconds());
        var usual = new SiteSettings(await db.SetValuesAsync(cancel), settings.Value).RetentionDays;
        foreach (var row in await db.Monitors.AsNoTracking().Where(row => !row.Deleted).ToListAsync(cancel))
        {
            try
            {
                if ((Payload.Read<MonitorChanged>(row.Payload).RetentionDays ?? usual) is not { } days) continue;
                if (await TakeAsync(changes, row.Id, today - days, today - LongestShown, cancel)) trigger.Render();
            }
            catch (Exception fault) when (StoredFault.IsOfData(fault))
            {
                log.LogWarning(fault, "Days of monitor {Tag} past their retention could not be deleted; the next attempt is shortly after midnight UTC", row.Tag);
            }
        }
    }

    /// <summary>Empties or deletes the old days of a monitor; returns whether any of them had results.</summary>
    private static async Task<bool> TakeAsync(Changes<StatusDb> changes, long monitor, int oldest, int oldestShown, CancellationToken cancel)
    {
        var isNews = false;
        await changes.ProjectAsync(async change =>
        {
            var old = change.Db.Days.Where(day => day.MonitorId == monitor && day.Day < oldest);
            var history = (await HistoryRow.LockAsync(change.Db, [monitor], cancel)).Single();
            if (DayBuffer.Read(history.Pending).Exists(piece => piece.Day < oldest))
            {
                await DayRows.SettleAsync(change.Db, [history], _ => [], cancel);
                await change.FlushAsync(cancel);
            }
            isNews = await old.AnyAsync(day => day.Packed != DayRow.Nothing, cancel);
            if (isNews)
            {
                // Also for days that no page shows, since the status that a page carries forward may come from them.
                history.Version++;
                await old.Where(day => day.Packed != DayRow.Nothing).ExecuteUpdateAsync(
                    set => set.SetProperty(day => day.Packed, DayRow.Nothing).SetProperty(day => day.Changed, history.Version), cancel);
            }
            await old.Where(day => day.Day < oldestShown).ExecuteDeleteAsync(cancel);
        }, cancel);
        return isNews;
    }
}
