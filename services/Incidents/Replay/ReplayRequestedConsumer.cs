using Kener.Contracts;
using Kener.Incidents.Database;
using Kener.Persistence.Commit;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Replay;

/// <summary>
/// Publishes all incidents again, then all tombstones. An incident deleted meanwhile is sent twice; consumers ignore the older version.
/// </summary>
internal sealed class ReplayRequestedConsumer(Changes<IncidentsDb> changes) : IConsumer<ReplayRequested>
{
    // An incident may have 1 MiB of text, and a whole chunk is held in memory.
    private const int Chunk = 20;

    public async Task Consume(ConsumeContext<ReplayRequested> context)
    {
        var cancel = context.CancellationToken;
        if (!context.Message.IsFor<IncidentChanged>()) return;
        for (long? last = 0; last is not null;) last = await IncidentsAfterAsync(last.Value, cancel);
        for (long? last = 0; last is not null;) last = await TombstonesAfterAsync(last.Value, cancel);
    }

    private Task<long?> IncidentsAfterAsync(long last, CancellationToken cancel) => SendAsync(async db =>
        [.. (await db.Incidents.AsNoTracking().Where(incident => incident.Id > last).OrderBy(incident => incident.Id).Take(Chunk)
            .Include(incident => incident.Monitors).Include(incident => incident.Updates).AsSplitQuery().ToListAsync(cancel))
            .Select(incident => incident.ToEvent())], cancel);

    private Task<long?> TombstonesAfterAsync(long last, CancellationToken cancel) => SendAsync(async db =>
        [.. (await db.Tombstones.AsNoTracking().Where(tombstone => tombstone.IncidentId > last).OrderBy(tombstone => tombstone.IncidentId)
            .Take(Chunk).ToListAsync(cancel)).Select(tombstone => tombstone.ToEvent())], cancel);

    /// <summary>Publishes a chunk of events; returns the last id, or null if there were none.</summary>
    private async Task<long?> SendAsync(Func<IncidentsDb, Task<List<IncidentChanged>>> read, CancellationToken cancel)
    {
        List<IncidentChanged> events = [];
        await changes.ProjectAsync(async change =>
        {
            events = await read(change.Db);
            foreach (var one in events) change.Publish($"incident/{one.Id}", () => one);
        }, cancel);
        return events.Count == 0 ? null : events[^1].Id;
    }
}
