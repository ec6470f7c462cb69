using Kener.Contracts;
using Kener.Persistence;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents;

/// <summary>Tells everything again: the incidents as they are now, then those that are no more. One deleted in between is told twice, rightly.</summary>
internal sealed class ReplayRequestedConsumer(Changes<IncidentsDb> changes) : IConsumer<ReplayRequested>
{
    // An incident may have a mebibyte of text, and a chunk is in memory as a whole.
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

    /// <summary>The last id sent; null when there was nothing more.</summary>
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
