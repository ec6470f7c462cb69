namespace Kener.Contracts;

/// <summary>
/// The status of a monitor in a minute. Ordered by severity, so the worst of several is their maximum (Behavior: STA-1).
/// </summary>
public enum MonitorStatus : byte
{
    /// <summary>No data.</summary>
    NoData = 0,
    /// <summary>Operational.</summary>
    Up = 1,
    /// <summary>Under maintenance.</summary>
    Maintenance = 2,
    /// <summary>Operational with degraded performance.</summary>
    Degraded = 3,
    /// <summary>Not operational.</summary>
    Down = 4,
}

/// <summary>API v4's words for statuses, impacts, states and sources.</summary>
public static class ApiWords
{
    /// <summary>Returns API v4's word for a status: UP, DOWN, DEGRADED, MAINTENANCE or NO_DATA.</summary>
    public static string ToWord(this MonitorStatus status) => status switch
    {
        MonitorStatus.Up => "UP",
        MonitorStatus.Maintenance => "MAINTENANCE",
        MonitorStatus.Degraded => "DEGRADED",
        MonitorStatus.Down => "DOWN",
        _ => "NO_DATA",
    };

    /// <summary>Parses API v4's word for a status; null for any other text.</summary>
    public static MonitorStatus? ToStatus(string? word) => word switch
    {
        "UP" => MonitorStatus.Up,
        "MAINTENANCE" => MonitorStatus.Maintenance,
        "DEGRADED" => MonitorStatus.Degraded,
        "DOWN" => MonitorStatus.Down,
        "NO_DATA" => MonitorStatus.NoData,
        _ => null,
    };

    /// <summary>Returns API v4's word for a state: INVESTIGATING, IDENTIFIED, MONITORING or RESOLVED.</summary>
    public static string ToWord(this IncidentState state) => state switch
    {
        IncidentState.Identified => "IDENTIFIED",
        IncidentState.Monitoring => "MONITORING",
        IncidentState.Resolved => "RESOLVED",
        _ => "INVESTIGATING",
    };

    /// <summary>Parses API v4's word for a state; null for any other text.</summary>
    public static IncidentState? ToState(string? word) => word switch
    {
        "INVESTIGATING" => IncidentState.Investigating,
        "IDENTIFIED" => IncidentState.Identified,
        "MONITORING" => IncidentState.Monitoring,
        "RESOLVED" => IncidentState.Resolved,
        _ => null,
    };

    /// <summary>Returns API v4's word for a source: DASHBOARD, API or ALERT.</summary>
    public static string ToWord(this IncidentSource source) => source switch
    {
        IncidentSource.Api => "API",
        IncidentSource.Alert => "ALERT",
        _ => "DASHBOARD",
    };
}
