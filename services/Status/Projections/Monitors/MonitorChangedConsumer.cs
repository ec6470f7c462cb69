using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.Status.Database;
using Kener.Status.Projections.History;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Projections.Monitors;

/// <summary>Stores the newest state of each monitor, and deletes the history of a deleted one, whose id is never used again.</summary>
internal sealed class MonitorChangedConsumer(Changes<StatusDb> changes, RenderTrigger trigger) : IConsumer<MonitorChanged>
{
    public async Task Consume(ConsumeContext<MonitorChanged> context)
    {
        var (monitor, cancel) = (Payload.Checked(context.Message), context.CancellationToken);
        var isNews = false;
        await changes.ProjectAsync(async change =>
        {
            if (!await change.Db.TakeNewerAsync(MonitorRow.Of(monitor), cancel)) return;
            isNews = true;
            if (monitor.Deleted) await ForgetAsync(change.Db, monitor.Id, cancel);
        }, cancel);
        if (!isNews) return;
        trigger.Note(new PageChange(PageChangeKind.Monitor, monitor.Id));
        trigger.Render();
    }

    private static async Task ForgetAsync(StatusDb db, long monitorId, CancellationToken cancel)
    {
        // Results are also stored under this lock, and their consumer looks for the tombstone after it has the lock.
        var history = (await HistoryRow.LockAsync(db, [monitorId], cancel)).Single();
        history.Version++;
        (history.LatestMinute, history.Pending) = (null, []);
        await db.Days.Where(day => day.MonitorId == monitorId).ExecuteDeleteAsync(cancel);
    }
}
