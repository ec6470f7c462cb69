namespace Kener.Contracts;

/// <summary>
/// Computes the effective status of a monitor at an instant from default status, observed status, incidents and maintenances, where each takes
/// precedence over those before it (Behavior: STA-2, OVL-4). Pure.
/// </summary>
public static class EffectiveStatus
{
    /// <summary>
    /// Returns the effective status at <paramref name="instant"/> (Unix seconds). <paramref name="observed"/> is NoData if nothing was observed.
    /// </summary>
    public static MonitorStatus At(long instant, MonitorStatus? byDefault, MonitorStatus observed, ReadOnlySpan<Overlay> overlays)
    {
        var over = Overlaid(instant, overlays);
        if (over is { } impact) return impact;
        return observed == MonitorStatus.NoData ? byDefault ?? MonitorStatus.NoData : observed;
    }

    /// <summary>Returns the status that the overlays give at the instant; null if none covers it.</summary>
    public static MonitorStatus? Overlaid(long instant, ReadOnlySpan<Overlay> overlays) => Deciding(instant, overlays)?.Impact;

    /// <summary>Returns the kind and the impact of the overlay that decides at the instant; null if none covers it.</summary>
    public static (OverlayKind Kind, MonitorStatus Impact)? Deciding(long instant, ReadOnlySpan<Overlay> overlays)
    {
        MonitorStatus? incident = null, maintenance = null;
        foreach (var overlay in overlays)
        {
            if (!overlay.Covers(instant)) continue;
            if (overlay.Kind == OverlayKind.Incident) incident = Worst(incident, overlay.Impact);
            else maintenance = Worst(maintenance, overlay.Impact);
        }
        // A maintenance takes precedence over incidents, but never hides the DOWN of an incident (Behavior: OVL-4).
        if (maintenance is { } planned && incident != MonitorStatus.Down) return (OverlayKind.Maintenance, planned);
        return incident is { } stated ? (OverlayKind.Incident, stated) : null;
    }

    private static MonitorStatus Worst(MonitorStatus? a, MonitorStatus b) => a is { } known && known > b ? known : b;
}
