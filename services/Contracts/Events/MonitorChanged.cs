namespace Kener.Contracts;

/// <summary>A member of a GROUP monitor, by its tag. Weights are as the operator gave them; only their proportions count.</summary>
public sealed record MonitorMember(string Tag, double Weight);

/// <summary>
/// The whole monitor as it now is, as far as others need it: configuration with secrets stays with its owner.
/// Versions of one id grow with each change; a consumer ignores lower or equal ones.
/// </summary>
public sealed record MonitorChanged
{
    /// <summary>The monitor's id; never used again, so a tag made anew inherits nothing.</summary>
    public required long Id { get; init; }
    /// <summary>The Unix milliseconds of the last change, and always more than before.</summary>
    public required long Version { get; init; }
    /// <summary>True for a tombstone: only id, version and tag count.</summary>
    public bool Deleted { get; init; }
    /// <summary>The monitor's name in addresses.</summary>
    public string Tag { get; init; } = "";
    /// <summary>Plain text.</summary>
    public string Name { get; init; } = "";
    /// <summary>Plain text.</summary>
    public string? Description { get; init; }
    /// <summary>Address of a picture, or null.</summary>
    public string? Image { get; init; }
    /// <summary>Address of the service itself, or null.</summary>
    public string? ExternalUrl { get; init; }
    /// <summary>API v4's category_name.</summary>
    public string? Category { get; init; }
    /// <summary>False: not checked and not shown.</summary>
    public bool Active { get; init; }
    /// <summary>True: checked but not shown.</summary>
    public bool Hidden { get; init; }
    /// <summary>API, PING, NONE, …</summary>
    public string Type { get; init; } = "";
    /// <summary>What counts where a check yields nothing; null where no default applies (Behavior: STA-5).</summary>
    public MonitorStatus? DefaultStatus { get; init; }
    /// <summary>Longest distance between two of its checks, in seconds; 0 where nothing checks it (NONE, or no cron).</summary>
    public int PeriodSeconds { get; init; }
    /// <summary>Why it cannot be checked, so that it is without data; null where it can be, or where nothing is to check it.</summary>
    public CheckObstacle? Obstacle { get; init; }
    /// <summary>A NONE monitor's <c>overrideWithLastKnownStatus</c>.</summary>
    public bool CarriesForward { get; init; }
    /// <summary>A GROUP monitor's members, in the operator's order; empty for others.</summary>
    public IReadOnlyList<MonitorMember> Members { get; init; } = [];
    /// <summary>For how many days its history is kept; null for as long as the site's policy says (<see cref="SiteChanged.RetentionDays"/>).</summary>
    public int? RetentionDays { get; init; }
    /// <summary>Uptime formula (Behavior: UPT-4); null for the default.</summary>
    public string? UptimeNumerator { get; init; }
    /// <summary>Uptime formula (Behavior: UPT-4); null for the default.</summary>
    public string? UptimeDenominator { get; init; }
    /// <summary>When it was entered, Unix milliseconds.</summary>
    public long CreatedMs { get; init; }
}
