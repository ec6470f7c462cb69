using Kener.Contracts;
using Kener.Persistence;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>
/// Sends the present state of all monitors, tombstones and results again, through the outbox in chunks, a message per monitor and day.
/// Changes that happen meanwhile are told by events of their own, with higher versions.
/// </summary>
internal sealed class ReplayRequestedConsumer(Changes<MonitorsDb> changes, MonitorsDb db, TimeProvider clock) : IConsumer<ReplayRequested>
{
    private const int Chunk = 200, DaysAChunk = 20, MostWaiting = 1_000;

    public async Task Consume(ConsumeContext<ReplayRequested> context)
    {
        var cancel = context.CancellationToken;
        await MonitorsAsync(cancel);
        await TombstonesAsync(cancel);
        var ids = await db.Monitors.AsNoTracking().OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(cancel);
        foreach (var id in ids) await ResultsAsync(id, cancel);
    }

    private async Task MonitorsAsync(CancellationToken cancel)
    {
        long? last = 0;
        while (last is { } after)
        {
            await changes.ProjectAsync(async change =>
            {
                var rows = await change.Db.Monitors.AsNoTracking().Where(row => row.Id > after).OrderBy(row => row.Id).Take(Chunk).ToListAsync(cancel);
                foreach (var row in rows) change.Publish($"monitor/{row.Id}", row.ToEvent);
                last = rows.Count < Chunk ? null : rows[^1].Id;
            }, cancel);
        }
    }

    private async Task TombstonesAsync(CancellationToken cancel)
    {
        long? last = 0;
        while (last is { } after)
        {
            await changes.ProjectAsync(async change =>
            {
                var rows = await change.Db.DeletedMonitors.AsNoTracking().Where(row => row.Id > after).OrderBy(row => row.Id).Take(Chunk).ToListAsync(cancel);
                foreach (var row in rows) change.Publish($"monitor/{row.Id}", row.ToEvent);
                last = rows.Count < Chunk ? null : rows[^1].Id;
            }, cancel);
        }
    }

    private async Task ResultsAsync(long id, CancellationToken cancel)
    {
        long? next = 0;
        while (next is { } from)
        {
            await DrainedAsync(cancel);
            await changes.ProjectAsync(async change =>
            {
                next = from;
                for (var day = 0; day < DaysAChunk && next is not null; day++) next = await DayAsync(change, id, next.Value, cancel);
            }, cancel);
        }
    }

    /// <summary>Sends the first day that has results from that minute on; where the next may begin, or null after the last.</summary>
    private static async Task<long?> DayAsync(Change<MonitorsDb> change, long id, long from, CancellationToken cancel)
    {
        var verdicts = change.Db.Results.AsNoTracking().Where(row => row.MonitorId == id && row.Region == 0);
        var first = await verdicts.Where(row => row.Minute >= from).MinAsync(row => (long?)row.Minute, cancel);
        if (first is not { } minute) return null;
        var end = (Minutes.DayOf(minute) + 1) * Minutes.Day;
        var rows = await verdicts.Where(row => row.Minute >= minute && row.Minute < end).OrderBy(row => row.Minute)
            .Select(row => new Observed(row.Minute, row.Status, row.Latency, row.Version)).ToListAsync(cancel);
        foreach (var message in Runs.Messages(id, rows)) change.Publish($"monitor/{id}", () => message);
        return end;
    }

    // The outbox is a queue, not a second copy of all results: what was put in goes out before more is put in.
    private async Task DrainedAsync(CancellationToken cancel)
    {
        while (await db.Outbox.CountAsync(cancel) > MostWaiting) await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancel);
    }
}
