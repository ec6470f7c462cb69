using Kener.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>
/// An interval in which an incident (later: a maintenance's occurrence) lays its impact over a monitor, known through its owner's events.
/// </summary>
internal sealed class OverlayInterval
{
    public OverlayKind Kind { get; set; }
    /// <summary>Id of the incident.</summary>
    public long SourceId { get; set; }
    public long MonitorId { get; set; }
    /// <summary>First second, Unix.</summary>
    public long Start { get; set; }
    /// <summary>First second after; null while open.</summary>
    public long? End { get; set; }
    public MonitorStatus Impact { get; set; }

    /// <summary>The monitor's overlays that share an instant with [from, to).</summary>
    public static Task<Overlay[]> TouchingAsync(MonitorsDb db, long monitor, long from, long to, CancellationToken cancel) =>
        db.Overlays.AsNoTracking().Where(row => row.MonitorId == monitor && row.Start < to && (row.End == null || row.End > from))
            .Select(row => new Overlay(row.Kind, row.Start, row.End, row.Impact)).ToArrayAsync(cancel);
}

/// <summary>The newest version seen of an incident, a tombstone's too: lower or equal ones are old news.</summary>
internal sealed class KnownIncident
{
    public long Id { get; set; }
    public long Version { get; set; }
    /// <summary>What its intervals were made of, see <see cref="IncidentChanged.Laid"/>; null where that is not known.</summary>
    public string? Laid { get; set; }
}
