using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Persistence.Commit;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Replay;

/// <summary>
/// Publishes the present state of all monitors and tombstones again, in chunks, and starts the replay of results. Changes in the meantime publish
/// events of their own, with higher versions.
/// </summary>
internal sealed class ReplayRequestedConsumer(Changes<MonitorsDb> changes) : IConsumer<ReplayRequested>
{
    private const int Chunk = 200;

    public async Task Consume(ConsumeContext<ReplayRequested> context)
    {
        var cancel = context.CancellationToken;
        if (context.Message.IsFor<MonitorChanged>())
        {
            await MonitorsAsync(cancel);
            await TombstonesAsync(cancel);
        }
        if (!context.Message.IsFor<ResultsRecorded>()) return;
        await changes.ProjectAsync(change =>
        {
            change.Publish("replay", () => new ReplayContinued { MonitorId = 0, Minute = 0 });
            return Task.CompletedTask;
        }, cancel);
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
}
