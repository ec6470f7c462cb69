namespace Kener.Contracts;

/// <summary>A member of a GROUP monitor, by its tag. Weights are as the operator set them; only their proportions matter.</summary>
public sealed record MonitorMember(string Tag, double Weight);

/// <summary>
/// The whole state of a monitor as other services need it. Its configuration, which contains secrets, stays with the owner.
/// Its version increases with each change; consumers ignore lower and equal versions.
/// </summary>
public sealed record MonitorChanged
{
    /// <summary>The monitor's id; never reused, so a tag that is created again inherits nothing.</summary>
    public required long Id { get; init; }
    /// <summary>Time of the last change in Unix milliseconds, always higher than the version before.</summary>
    public required long Version { get; init; }
    /// <summary>True for a tombstone: only id, version and tag are meaningful.</summary>
    public bool Deleted { get; init; }
    /// <summary>The monitor's name in URLs.</summary>
    public string Tag { get; init; } = "";
    /// <summary>Plain text.</summary>
    public string Name { get; init; } = "";
    /// <summary>Plain text.</summary>
    public string? Description { get; init; }
    /// <summary>URL of an image; null for none.</summary>
    public string? Image { get; init; }
    /// <summary>URL of the monitored service itself; null for none.</summary>
    public string? ExternalUrl { get; init; }
    /// <summary>API v4's <c>category_name</c>.</summary>
    public string? Category { get; init; }
    /// <summary>False if the monitor is neither checked nor shown.</summary>
    public bool Active { get; init; }
    /// <summary>True if the monitor is checked but not shown.</summary>
    public bool Hidden { get; init; }
    /// <summary>The monitor's type: API, PING, NONE and so on.</summary>
    public string Type { get; init; } = "";
    /// <summary>The status that applies where a check ended without a verdict; null if no default applies (Behavior: STA-5).</summary>
    public MonitorStatus? DefaultStatus { get; init; }
    /// <summary>Longest interval between two checks, in seconds; 0 if the monitor is not checked (type NONE, or no cron).</summary>
    public int PeriodSeconds { get; init; }
    /// <summary>Why the monitor cannot be checked and therefore has no data; null if it can be checked, or if it is not meant to be.</summary>
    public CheckObstacle? Obstacle { get; init; }
    /// <summary>The value of <c>overrideWithLastKnownStatus</c> of a NONE monitor.</summary>
    public bool CarriesForward { get; init; }
    /// <summary>The members of a GROUP monitor, in the operator's order; empty for other types.</summary>
    public IReadOnlyList<MonitorMember> Members { get; init; } = [];
    /// <summary>Days for which the monitor's history is kept; null for the site's policy (<see cref="SiteChanged.RetentionDays"/>).</summary>
    public int? RetentionDays { get; init; }
    /// <summary>Numerator of the uptime formula (Behavior: UPT-4); null for the default.</summary>
    public string? UptimeNumerator { get; init; }
    /// <summary>Denominator of the uptime formula (Behavior: UPT-4); null for the default.</summary>
    public string? UptimeDenominator { get; init; }
    /// <summary>When the monitor was created, in Unix milliseconds.</summary>
    public long CreatedMs { get; init; }
}
