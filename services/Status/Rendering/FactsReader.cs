using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Status.Projections.History;
using Kener.Status.Projections.Incidents;
using Kener.Status.Projections.Monitors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Rendering;

/// <summary>Reads the facts that pages are rendered from, and reuses those that have not changed. Not thread-safe.</summary>
/// <param name="installation">The installation's settings, which are the defaults of the site's.</param>
/// <param name="told">The most recently received incidents, which need not be read.</param>
internal sealed class FactsReader(KenerSettings installation, RecentIncidents told)
{
    private readonly EventCache<MonitorChanged> _monitors = new();
    private readonly EventCache<IncidentChanged> _incidents = new();
    private readonly Dictionary<string, ZoneFacts> _zones = [];
    private SiteFacts? _site;
    private Versions? _versions;

    /// <summary>Discards the pasts of a zone in which no page is kept any more.</summary>
    public void Forget(string zone) => _zones.Remove(zone);

    /// <summary>Reads everything as of <paramref name="now"/>, with days in <paramref name="zone"/>, or in the site's zone if that is null.</summary>
    public async Task<AllFacts> ReadAsync(StatusDb db, string? zone, long now, CancellationToken cancel)
    {
        var (site, versions) = await SiteAsync(db, now, cancel);
        var monitors = await _monitors.ReadAsync(db.Monitors.Where(row => !row.Deleted), versions.Monitors, cancel);
        var visible = monitors.Where(monitor => monitor.IsVisible()).OrderBy(monitor => monitor.Id).ToList();
        var days = site.Pages.Select(page => page.Look.Days).DefaultIfEmpty(1).Max();
        var inZone = InZone(zone ?? site.Settings.Zone);
        var facts = await inZone.ReadAsync(db, visible, versions.Histories, days, now, cancel);
        var incidents = await _incidents.ReadAsync(db.Incidents.Where(row => !row.Deleted), versions.Incidents, cancel, told.Find);
        return new AllFacts(site, facts, incidents, versions.Drawn, [.. site.Faults, .. _monitors.Faults, .. inZone.Faults, .. _incidents.Faults]);
    }

    /// <summary>Returns the calendar by which the pasts of the zone were read.</summary>
    public Calendar CalendarOf(string zone) => InZone(zone).Calendar;

    /// <summary>Returns the site, the same object as long as neither it nor a page has changed, and the versions that belong to it.</summary>
    private async Task<(SiteFacts Site, Versions Versions)> SiteAsync(StatusDb db, long now, CancellationToken cancel)
    {
        var site = _site ?? await SiteReader.ReadAsync(db, installation, cancel);
        while (true)
        {
            // How long ended incidents are shown depends on the site, which may have changed meanwhile.
            var since = now - (site.Pages.Select(page => page.Look.Lists.ResolvedDays).DefaultIfEmpty(0).Max() * Minutes.Day);
            var versions = await Versions.ReadAsync(db, since, _versions, cancel);
            var isSame = _site is not null && ReferenceEquals(_versions?.Site, versions.Site) && ReferenceEquals(_versions?.Pages, versions.Pages);
            _versions = versions;
            if (isSame) return (site, versions);
            _site = site = await SiteReader.ReadAsync(db, installation, cancel);
        }
    }

    private ZoneFacts InZone(string zone)
    {
        if (!_zones.TryGetValue(zone, out var known)) _zones[zone] = known = new ZoneFacts(TimeZones.Find(zone) ?? TimeZoneInfo.Utc);
        return known;
    }
}

/// <summary>Monitors with their pasts in one zone; each is the same object as long as it has not changed.</summary>
internal sealed class ZoneFacts(TimeZoneInfo zone)
{
    private readonly PastCache _pasts = new(zone);
    private Dictionary<long, MonitorFacts> _known = [];

    /// <summary>The monitors that the last <see cref="ReadAsync"/> left out.</summary>
    public IReadOnlyList<StoredFault> Faults { get; private set; } = [];

    public Calendar Calendar => _pasts.Calendar;

    public async Task<IReadOnlyDictionary<long, MonitorFacts>> ReadAsync(
        StatusDb db, IReadOnlyList<MonitorChanged> monitors, IReadOnlyDictionary<long, long> versions, int days, long now, CancellationToken cancel)
    {
        var pasts = await _pasts.ReadAsync(db, monitors, versions, days, now, cancel);
        // Keeps the order of the monitors.
        var facts = new OrderedDictionary<long, MonitorFacts>(monitors.Count);
        var faults = new List<StoredFault>(_pasts.Faults);
        foreach (var monitor in monitors)
        {
            if (!pasts.TryGetValue(monitor.Id, out var past)) continue;
            if (_known.TryGetValue(monitor.Id, out var known) && ReferenceEquals(known.Monitor, monitor) && ReferenceEquals(known.Past, past)) facts[monitor.Id] = known;
            else if (Renderable(monitor, past, days, now, faults) is { } made) facts[monitor.Id] = made;
        }
        (_known, Faults) = (facts.ToDictionary(), faults);
        return facts;
    }

    /// <summary>Returns the monitor after computing its row, which is kept for the page; null, after adding a fault, if that fails.</summary>
    private static MonitorFacts? Renderable(MonitorChanged monitor, MonitorPast past, int days, long now, List<StoredFault> faults)
    {
        try
        {
            var made = new MonitorFacts(monitor, past);
            _ = made.RowAt(now, days);
            return made;
        }
        catch (Exception fault) when (StoredFault.IsOfData(fault))
        {
            faults.Add(new StoredFault($"Monitor {monitor.Tag}", fault));
            return null;
        }
    }
}

/// <summary>Events as objects, each read again only when its version has changed.</summary>
internal sealed class EventCache<T> where T : class
{
    private const int AtOnce = 500;
    private Dictionary<long, (long Version, T Event)> _known = [];
    private IReadOnlyList<T> _events = [];
    private IReadOnlyDictionary<long, long>? _versions;

    /// <summary>The events that the last <see cref="ReadAsync"/> left out because they cannot be read.</summary>
    public IReadOnlyList<StoredFault> Faults { get; private set; } = [];

    public async Task<IReadOnlyList<T>> ReadAsync<TRow>(
        IQueryable<TRow> rows, IReadOnlyDictionary<long, long> versions, CancellationToken cancel, Func<long, long, T?>? told = null) where TRow : class, IEventRow
    {
        if (ReferenceEquals(versions, _versions)) return _events;
        var kept = new Dictionary<long, (long Version, T Event)>(versions.Count);
        var missing = new List<long>();
        foreach (var (id, version) in versions)
        {
            if (_known.TryGetValue(id, out var known) && known.Version == version) kept[id] = known;
            else if (told?.Invoke(id, version) is { } lately) kept[id] = (version, lately);
            else missing.Add(id);
        }
        var faults = new List<StoredFault>();
        foreach (var ids in missing.Chunk(AtOnce))
        {
            foreach (var row in await rows.AsNoTracking().Where(row => ids.Contains(row.Id)).ToListAsync(cancel))
            {
                try
                {
                    kept[row.Id] = (row.Version, Payload.Read<T>(row.Payload));
                }
                catch (Exception fault) when (StoredFault.IsOfData(fault))
                {
                    faults.Add(new StoredFault(row.Title, fault));
                }
            }
        }
        (_known, _versions, Faults) = (kept, versions, faults);
        return _events = [.. kept.OrderBy(known => known.Key).Select(known => known.Value.Event)];
    }
}
