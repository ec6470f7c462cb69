using Kener.Contracts;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence.Overlays;

/// <summary>The overlay of one source (an incident, an occurrence of a maintenance) on one monitor, from the owner's events.</summary>
public sealed class OverlayRow
{
    /// <summary>The kind of the source.</summary>
    public OverlayKind Kind { get; set; }
    /// <summary>The id of the source.</summary>
    public long SourceId { get; set; }
    /// <summary>The monitor whose status it changes.</summary>
    public long MonitorId { get; set; }
    /// <summary>The first second of the overlay, Unix.</summary>
    public long Start { get; set; }
    /// <summary>The first second after the overlay; null while it is open.</summary>
    public long? End { get; set; }
    /// <summary>The status of the monitor during the overlay.</summary>
    public MonitorStatus Impact { get; set; }

    /// <summary>Returns the overlay; throws <see cref="InvalidDataException"/> if the row has an unknown kind or impact.</summary>
    public Overlay ToOverlay() => Kind <= OverlayKind.Maintenance && Impact <= MonitorStatus.Down ? new(Kind, Start, End, Impact)
        : throw new InvalidDataException($"{Kind} {SourceId} has the unknown impact {(int)Impact}");
}

/// <summary>The table of overlays, in each module that computes effective statuses.</summary>
public static class OverlayModel
{
    /// <summary>Adds the table "overlays" to the module's model.</summary>
    public static void AddOverlays(this ModelBuilder model) => model.Entity<OverlayRow>(overlay =>
    {
        overlay.ToTable("overlays").HasKey(row => new { row.Kind, row.SourceId, row.MonitorId });
        overlay.HasIndex(row => new { row.MonitorId, row.End });
    });

    /// <summary>Returns the monitor's overlays that intersect [from, to).</summary>
    public static async Task<Overlay[]> TouchingAsync(this DbSet<OverlayRow> overlays, long monitor, long from, long to, CancellationToken cancel)
    {
        var rows = await overlays.AsNoTracking().Where(row => row.MonitorId == monitor && row.Start < to && (row.End == null || row.End > from)).ToListAsync(cancel);
        return [.. rows.Select(row => row.ToOverlay())];
    }
}
