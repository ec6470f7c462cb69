namespace Kener.Contracts;

/// <summary>
/// The one rule for what a monitor is at an instant: default, observed, incidents, maintenances, the later over the earlier
/// (Behavior: STA-2). Pure.
/// </summary>
public static class EffectiveStatus
{
    /// <summary>
    /// The effective status at <paramref name="instant"/> (Unix seconds). <paramref name="observed"/> is NoData where nothing was.
    /// </summary>
    public static MonitorStatus At(long instant, MonitorStatus? byDefault, MonitorStatus observed, ReadOnlySpan<Overlay> overlays)
    {
        var over = Overlaid(instant, overlays);
        if (over is { } impact) return impact;
        return observed == MonitorStatus.NoData ? byDefault ?? MonitorStatus.NoData : observed;
    }

    /// <summary>What overlays make of that instant; null where none covers it.</summary>
    public static MonitorStatus? Overlaid(long instant, ReadOnlySpan<Overlay> overlays) => Deciding(instant, overlays)?.Impact;

    /// <summary>The kind of overlay that decides that instant, and its impact; null where none covers it.</summary>
    public static (OverlayKind Kind, MonitorStatus Impact)? Deciding(long instant, ReadOnlySpan<Overlay> overlays)
    {
        MonitorStatus? incident = null, maintenance = null;
        foreach (var overlay in overlays)
        {
            if (!overlay.Covers(instant)) continue;
            if (overlay.Kind == OverlayKind.Incident) incident = Worst(incident, overlay.Impact);
            else maintenance = Worst(maintenance, overlay.Impact);
        }
        // Maintenance comes over incidents, yet never hides a DOWN that an incident states (Behavior: OVL-4).
        if (maintenance is { } planned && incident != MonitorStatus.Down) return (OverlayKind.Maintenance, planned);
        return incident is { } stated ? (OverlayKind.Incident, stated) : null;
    }

    private static MonitorStatus Worst(MonitorStatus? a, MonitorStatus b) => a is { } known && known > b ? known : b;
}
