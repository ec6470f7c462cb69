using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Status.History;

/// <summary>
/// Shortly after midnight of UTC empties the days that are older than their monitor's history is kept. A day that a page may still show
/// stays, empty, so that the page learns of it; older ones go.
/// </summary>
internal sealed class HistoryRetention(IServiceScopeFactory scopes, IOptions<KenerSettings> settings, TimeProvider clock, ILogger<HistoryRetention> log)
    : BackgroundService
{
    private static readonly TimeSpan AfterMidnight = TimeSpan.FromMinutes(10);
    private const int LongestShown = 366;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var now = clock.GetUtcNow();
            var next = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1) + AfterMidnight;
            await Task.Delay(next - now, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested) return;
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(fault, "Old days could not be taken away; the next try is tomorrow");
            }
        }
    }

    internal async Task RunAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StatusDb>();
        var changes = scope.ServiceProvider.GetRequiredService<Changes<StatusDb>>();
        var today = Minutes.DayOf(clock.GetUtcNow().ToUnixTimeSeconds());
        var usual = new SiteSettings(await db.SetValuesAsync(cancel), settings.Value).RetentionDays;
        foreach (var row in await db.Monitors.AsNoTracking().Where(row => !row.Deleted).ToListAsync(cancel))
        {
            if ((Payload.Read<MonitorChanged>(row.Payload).RetentionDays ?? usual) is { } days)
                await TakeAsync(changes, row.Id, today - days, today - LongestShown, cancel);
        }
    }

    private static Task TakeAsync(Changes<StatusDb> changes, long monitor, int oldest, int oldestShown, CancellationToken cancel) =>
        changes.ProjectAsync(async change =>
        {
            var empty = new DayRow().Pack();
            var old = change.Db.Days.Where(day => day.MonitorId == monitor && day.Day < oldest);
            await old.Where(day => day.Day < oldestShown).ExecuteDeleteAsync(cancel);
            if (!await old.AnyAsync(day => day.Packed != empty, cancel)) return;
            var history = (await HistoryRow.LockAsync(change.Db, [monitor], cancel)).Single();
            history.Version++;
            await old.Where(day => day.Packed != empty).ExecuteUpdateAsync(
                set => set.SetProperty(day => day.Packed, empty).SetProperty(day => day.Changed, history.Version), cancel);
        }, cancel);
}
