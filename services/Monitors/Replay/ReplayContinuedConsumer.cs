using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Results;
using Kener.Persistence.Commit;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Replay;

/// <summary>
/// Publishes the next part of the results again, by monitor and day, and the position at which the replay continues; both commit together.
/// </summary>
internal sealed class ReplayContinuedConsumer(Changes<MonitorsDb> changes) : IConsumer<ReplayContinued>
{
    private const int StepsAtOnce = 50;

    public Task Consume(ConsumeContext<ReplayContinued> context) => changes.ProjectAsync(async change =>
    {
        var cancel = context.CancellationToken;
        var (id, from) = (context.Message.MonitorId, context.Message.Minute);
        for (var step = 0; step < StepsAtOnce; step++)
        {
            if (await DayAsync(change, id, from, cancel) is { } next) from = next;
            else if (await change.Db.Monitors.Where(row => row.Id > id).MinAsync(row => (long?)row.Id, cancel) is { } other) (id, from) = (other, 0);
            else return;
        }
        change.Publish("replay", () => new ReplayContinued { MonitorId = id, Minute = from });
    }, context.CancellationToken);

    /// <summary>
    /// Publishes the first day that has results from this minute on; returns the minute from which to continue, or null after the last day.
    /// </summary>
    private static async Task<long?> DayAsync(Change<MonitorsDb> change, long id, long from, CancellationToken cancel)
    {
        var verdicts = change.Db.Results.AsNoTracking().Where(row => row.MonitorId == id && row.Region == 0);
        var first = await verdicts.Where(row => row.Minute >= from).MinAsync(row => (long?)row.Minute, cancel);
        if (first is not { } minute) return null;
        var end = (Minutes.DayOf(minute) + 1) * Minutes.Day;
        var rows = await verdicts.Where(row => row.Minute >= minute && row.Minute < end).OrderBy(row => row.Minute)
            .Select(row => new MinuteStatus(row.Minute, row.Status, row.Latency, row.Version)).ToListAsync(cancel);
        foreach (var message in Runs.Messages(id, rows)) change.Publish($"monitor/{id}", () => message);
        return end;
    }
}
