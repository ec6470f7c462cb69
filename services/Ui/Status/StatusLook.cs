using Kener.Contracts;

namespace Kener.Ui.Status;

/// <summary>How a status looks and what it is called. Colour never stands alone: each has a shape and a word.</summary>
internal static class StatusLook
{
    /// <summary>The class that gives the colours and, as its id, the icon.</summary>
    public static string Look(this MonitorStatus status) => status switch
    {
        MonitorStatus.Up => "up",
        MonitorStatus.Degraded => "deg",
        MonitorStatus.Down => "down",
        MonitorStatus.Maintenance => "mnt",
        _ => "nod",
    };

    /// <summary>A monitor's word (Behavior: STA-8).</summary>
    public static string Label(this MonitorStatus status) => status switch
    {
        MonitorStatus.Up => "Operational",
        MonitorStatus.Degraded => "Degraded",
        MonitorStatus.Down => "Down",
        MonitorStatus.Maintenance => "Maintenance",
        _ => "No data",
    };

    /// <summary>The word after a number of monitors or before a length of time.</summary>
    public static string Phrase(this MonitorStatus status) => status switch
    {
        MonitorStatus.Up => "operational",
        MonitorStatus.Degraded => "degraded",
        MonitorStatus.Down => "down",
        MonitorStatus.Maintenance => "in maintenance",
        _ => "without data",
    };

    /// <summary>Why a monitor is without data, for visitors.</summary>
    public static string Label(this CheckObstacle obstacle) => obstacle switch
    {
        CheckObstacle.FieldMissing => "Not checked: its settings are incomplete.",
        CheckObstacle.NoAgent => "Not checked: no agent supports this kind of check.",
        _ => "Not checked.",
    };

    /// <summary>The state's word.</summary>
    public static string Label(this IncidentState state) => state switch
    {
        IncidentState.Identified => "Identified",
        IncidentState.Monitoring => "Monitoring",
        IncidentState.Resolved => "Resolved",
        _ => "Investigating",
    };

    /// <summary>An incident is coloured by its impact until it is over; one that touches no monitor is neutral, never calm.</summary>
    public static string Look(this IncidentView incident) =>
        incident.State == IncidentState.Resolved ? MonitorStatus.Up.Look()
        : incident.Impact is MonitorStatus.NoData or MonitorStatus.Up ? "inf"
        : incident.Impact.Look();
}
