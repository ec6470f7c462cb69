using Kener.Contracts;

namespace Kener.Ui.Status;

/// <summary>How statuses are shown. Color is never the only sign: each status also has an icon and a word.</summary>
internal static class StatusLook
{
    /// <summary>Returns the CSS class of the status's color, which is also the id of its icon.</summary>
    public static string Look(this MonitorStatus status) => status switch
    {
        MonitorStatus.Up => "up",
        MonitorStatus.Degraded => "deg",
        MonitorStatus.Down => "down",
        MonitorStatus.Maintenance => "mnt",
        _ => "nod",
    };

    /// <summary>Returns the word for a monitor's status (Behavior: STA-8).</summary>
    public static string Label(this MonitorStatus status) => status switch
    {
        MonitorStatus.Up => "Operational",
        MonitorStatus.Degraded => "Degraded",
        MonitorStatus.Down => "Down",
        MonitorStatus.Maintenance => "Maintenance",
        _ => "No data",
    };

    /// <summary>Returns the word that follows a number of monitors.</summary>
    public static string Phrase(this MonitorStatus status) => status switch
    {
        MonitorStatus.Up => "operational",
        MonitorStatus.Degraded => "degraded",
        MonitorStatus.Down => "down",
        MonitorStatus.Maintenance => "in maintenance",
        _ => "without data",
    };

    /// <summary>Returns, for visitors, why a monitor has no data.</summary>
    public static string Label(this CheckObstacle obstacle) => obstacle switch
    {
        CheckObstacle.FieldMissing => "Not checked: its settings are incomplete.",
        CheckObstacle.NoAgent => "Not checked: no agent supports this kind of check.",
        _ => "Not checked.",
    };

    /// <summary>Returns the word for an incident's state.</summary>
    public static string Label(this IncidentState state) => state switch
    {
        IncidentState.Identified => "Identified",
        IncidentState.Monitoring => "Monitoring",
        IncidentState.Resolved => "Resolved",
        _ => "Investigating",
    };

    /// <summary>Returns the CSS class of an incident: by its impact until it is resolved; neutral, never calm, if it affects no monitor.</summary>
    public static string Look(this IncidentView shown) =>
        shown.Incident.State == IncidentState.Resolved ? MonitorStatus.Up.Look()
        : shown.Impact is MonitorStatus.NoData or MonitorStatus.Up ? "inf"
        : shown.Impact.Look();
}
