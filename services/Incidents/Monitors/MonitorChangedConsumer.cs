using Kener.Contracts;
using Kener.Incidents.Database;
using Kener.Incidents.Incidents;
using Kener.Persistence.Commit;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Monitors;

/// <summary>
/// Stores the newest version of each monitor, and removes a deleted monitor from the incidents that it was linked to (Behavior: INC-11).
/// </summary>
internal sealed class MonitorChangedConsumer(IncidentsDb db, Changes<IncidentsDb> changes) : IConsumer<MonitorChanged>
{
    public async Task Consume(ConsumeContext<MonitorChanged> context)
    {
        var (monitor, cancel) = (context.Message, context.CancellationToken);
        await changes.TakeNewerAsync(new KnownMonitor { Id = monitor.Id, Version = monitor.Version, Tag = monitor.Tag, Deleted = monitor.Deleted }, cancel);
        if (!monitor.Deleted) return;

        var touched = await db.AffectedMonitors.Where(link => link.MonitorId == monitor.Id).Select(link => link.IncidentId).ToListAsync(cancel);
        foreach (var id in touched)
        {
            await changes.CommitAsync("system", async change =>
            {
                if (!await change.Db.Incidents.AnyAsync(incident => incident.Id == id, cancel)) return;
                var incident = await change.LockIncidentAsync(id, cancel);
                incident.Monitors.RemoveAll(link => link.MonitorId == monitor.Id);
                await change.RecordVersionAsync(incident, "incident.monitor.removed", cancel, withMonitors: true);
            }, cancel);
        }
    }
}
