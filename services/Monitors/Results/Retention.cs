using Kener.Monitors.Agents;
using Kener.Monitors.Database;
using Kener.Monitors.Heartbeats;
using Kener.Monitors.Site;
using Kener.Monitors.Transitions;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Monitors.Results;

/// <summary>
/// Deletes data past its retention, in small parts, and what deleted monitors left, shortly after midnight UTC (Behavior: RET-2). Every replica
/// runs it; a later one finds nothing left to delete.
/// </summary>
internal sealed class Retention(
    IServiceScopeFactory scopes, ResultPartitions partitions, BulkWrites bulk, IOptions<KenerSettings> settings, TimeProvider clock, ILogger<Retention> log) : BackgroundService
{
    private static readonly TimeSpan AfterMidnight = TimeSpan.FromMinutes(5);
    private const int AtOnce = 10_000;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Daily.RunAsync("Deleting results past their retention", AfterMidnight, RunAsync, clock, log, stoppingToken);

    internal async Task RunAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MonitorsDb>();
        var changes = scope.ServiceProvider.GetRequiredService<Changes<MonitorsDb>>();
        var now = clock.GetUtcNow();
        var usual = await KnownSite.RetentionDaysAsync(db, settings.Value, cancel);
        await TryAsync(db, "the partitions", () => partitions.DropAsync(cancel), cancel);
        foreach (var monitor in await db.Monitors.AsNoTracking().Select(row => new { row.Id, row.Tag, row.RetentionDays }).ToListAsync(cancel))
        {
            if ((monitor.RetentionDays ?? usual) is { } days)
                await TryAsync(db, monitor.Tag, () => TakeAsync(changes, monitor.Id, now.AddDays(-days).ToUnixTimeSeconds(), cancel), cancel);
        }
        foreach (var gone in await db.DeletedMonitors.AsNoTracking().Select(row => row.Id).ToListAsync(cancel))
            await TryAsync(db, $"the deleted monitor {gone}", () => TakeAsync(changes, gone, long.MaxValue, cancel), cancel);
        var silent = now.AddDays(-1).ToUnixTimeMilliseconds();
        await Agent.ForgetAsync(changes, silent, cancel);
        await changes.ProjectAsync(change => AwakeSpan.ForgetOldAsync(change.Db, cancel), cancel);
    }

    /// <summary>Continues with the other monitors if the work fails for one, but not if the database is unreachable.</summary>
    private async Task TryAsync(MonitorsDb db, string what, Func<Task> work, CancellationToken cancel)
    {
        try
        {
            await work();
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            if (!await db.Database.CanConnectAsync(cancel)) throw;
            log.LogWarning(fault, "Old results of {What} could not be deleted; the next attempt is tomorrow", what);
        }
    }

    /// <summary>Deletes what is older, in parts so that other writes do not wait long. The newest ping of an existing monitor is kept.</summary>
    private async Task TakeAsync(Changes<MonitorsDb> changes, long monitor, long oldest, CancellationToken cancel)
    {
        for (var more = true; more;)
        {
            using var part = await bulk.PartAsync(cancel);
            await changes.ProjectAsync(async change =>
            {
                more = await OldResults.TakeAsync(change.Db, monitor, oldest, AtOnce, cancel);
                var beats = change.Db.Pings.Where(beat => beat.MonitorId == monitor && beat.At < oldest);
                if (oldest < long.MaxValue) beats = beats.Where(beat => change.Db.Pings.Any(newer => newer.MonitorId == monitor && newer.At > beat.At));
                await beats.ExecuteDeleteAsync(cancel);
                await TransitionLog.DeleteOldAsync(change.Db, monitor, oldest, cancel);
            }, cancel);
        }
    }
}

internal static class OldResults
{
    /// <summary>Deletes about that many of a monitor's oldest results before that minute. Returns whether more may be left.</summary>
    public static async Task<bool> TakeAsync(MonitorsDb db, long monitor, long before, int atMost, CancellationToken cancel)
    {
        var old = db.Results.Where(row => row.MonitorId == monitor && row.Minute < before);
        var rest = await old.OrderBy(row => row.Minute).Skip(atMost).Select(row => (long?)row.Minute).FirstOrDefaultAsync(cancel);
        await old.Where(row => rest == null || row.Minute < rest).ExecuteDeleteAsync(cancel);
        return rest is not null;
    }
}
