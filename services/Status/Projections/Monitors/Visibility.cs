using Kener.Contracts;

namespace Kener.Status.Projections.Monitors;

/// <summary>Decides what is shown in public.</summary>
internal static class Visibility
{
    /// <summary>Whether the monitor may be named in public.</summary>
    public static bool IsVisible(this MonitorChanged monitor) => monitor is { Deleted: false, Active: true, Hidden: false };

    /// <summary>Whether the incident is on a page that shows these monitors: if it is global or has one of them (Behavior: PAG-3).</summary>
    public static bool Concerns<T>(this IncidentChanged incident, IReadOnlyDictionary<long, T> shown) =>
        incident.IsGlobal || incident.Monitors.Any(link => shown.ContainsKey(link.MonitorId));
}
