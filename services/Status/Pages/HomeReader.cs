using Kener.Contracts;
using Kener.Status.Database;
using Kener.Status.History;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Pages;

/// <summary>Reads the home page's facts, of which it keeps what has not changed. Not for use by two at once.</summary>
internal sealed class HomeReader
{
    private readonly PastCache _pasts = new();
    private readonly EventCache<MonitorChanged> _monitors = new();
    private readonly EventCache<IncidentChanged> _incidents = new();

    public async Task<HomeFacts> ReadAsync(StatusDb db, long now, CancellationToken cancel)
    {
        var told = await _monitors.ReadAsync(db.Monitors.Where(row => !row.Deleted), cancel);
        var shown = told.Where(monitor => monitor.IsVisible()).OrderBy(monitor => monitor.Id).ToList();
        var pasts = await _pasts.ReadAsync(db, shown, now, cancel);
        var from = now - IncidentListing.ResolvedFor;
        var incidents = await _incidents.ReadAsync(db.Incidents.Where(row => !row.Deleted && (row.End == null || row.End >= from)), cancel);
        return new HomeFacts([.. shown.Select(monitor => new MonitorFacts(monitor, pasts[monitor.Id]))], incidents);
    }
}

/// <summary>Events as objects, each read again only when its version has grown.</summary>
internal sealed class EventCache<T>
{
    private const int AtOnce = 500;
    private Dictionary<long, (long Version, T Event)> _known = [];

    public async Task<IReadOnlyList<T>> ReadAsync<TRow>(IQueryable<TRow> rows, CancellationToken cancel) where TRow : class, IToldOf
    {
        var versions = await rows.AsNoTracking().Select(row => new { row.Id, row.Version }).ToListAsync(cancel);
        var kept = new Dictionary<long, (long Version, T Event)>(versions.Count);
        var missing = new List<long>();
        foreach (var row in versions)
        {
            if (_known.TryGetValue(row.Id, out var known) && known.Version == row.Version) kept[row.Id] = known;
            else missing.Add(row.Id);
        }
        foreach (var ids in missing.Chunk(AtOnce))
        {
            foreach (var row in await rows.AsNoTracking().Where(row => ids.Contains(row.Id)).ToListAsync(cancel))
                kept[row.Id] = (row.Version, Payload.Read<T>(row.Payload));
        }
        _known = kept;
        return [.. kept.Values.Select(known => known.Event)];
    }
}
