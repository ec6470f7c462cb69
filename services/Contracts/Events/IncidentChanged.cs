namespace Kener.Contracts;

/// <summary>The lifecycle of an incident, driven by its timeline (Behavior: INC-1).</summary>
public enum IncidentState : byte
{
    /// <summary>Something is wrong; the cause is not known yet.</summary>
    Investigating = 0,
    /// <summary>The cause is known.</summary>
    Identified = 1,
    /// <summary>A fix is in place and is being watched.</summary>
    Monitoring = 2,
    /// <summary>The incident is over.</summary>
    Resolved = 3,
}

/// <summary>What opened an incident (Behavior: INC-8).</summary>
public enum IncidentSource : byte
{
    /// <summary>A person in the dashboard.</summary>
    Dashboard = 0,
    /// <summary>A client of the API.</summary>
    Api = 1,
    /// <summary>An alert rule.</summary>
    Alert = 2,
}

/// <summary>
/// The impact of an incident on a monitor: Down, Degraded or Maintenance. Up lists the monitor as affected and leaves its status unchanged.
/// </summary>
public sealed record IncidentLink(long MonitorId, MonitorStatus Impact);

/// <summary>One ACTIVE update of an incident's timeline. <paramref name="At"/> is in Unix seconds, <paramref name="Markdown"/> is untrusted text.</summary>
public sealed record IncidentUpdate(long Id, long At, IncidentState State, string Markdown);

/// <summary>
/// The whole state of an incident. Its version increases with each change; consumers ignore lower and equal versions.
/// A deleted incident is a tombstone: only <see cref="Id"/>, <see cref="Version"/> and <see cref="Deleted"/> are meaningful.
/// </summary>
public sealed record IncidentChanged
{
    /// <summary>The incident's id; never reused.</summary>
    public required long Id { get; init; }
    /// <summary>Time of the last change in Unix milliseconds, always higher than the version before.</summary>
    public required long Version { get; init; }
    /// <summary>True for a tombstone.</summary>
    public bool Deleted { get; init; }
    /// <summary>Plain text, up to 255 characters.</summary>
    public string Title { get; init; } = "";
    /// <summary>First second of the incident, in Unix seconds.</summary>
    public long Start { get; init; }
    /// <summary>First second after the incident, in Unix seconds; null while it has no end.</summary>
    public long? End { get; init; }
    /// <summary>The state of the ACTIVE update with the highest id (Behavior: INC-1).</summary>
    public IncidentState State { get; init; }
    /// <summary>What opened the incident.</summary>
    public IncidentSource Source { get; init; }
    /// <summary>Whether the incident is shown on every page (Behavior: PAG-3).</summary>
    public bool IsGlobal { get; init; }
    /// <summary>The linked monitors, in the order in which the operator listed them.</summary>
    public IReadOnlyList<IncidentLink> Monitors { get; init; } = [];
    /// <summary>The ACTIVE updates, newest first by their own time, then by id.</summary>
    public IReadOnlyList<IncidentUpdate> Updates { get; init; } = [];
    /// <summary>When the incident was created, in Unix milliseconds.</summary>
    public long CreatedMs { get; init; }
    /// <summary>When the incident was last changed, in Unix milliseconds.</summary>
    public long UpdatedMs { get; init; }

    /// <summary>Returns the incident's effect on its monitors; <see cref="ImpactPlan.None"/> if it is deleted.</summary>
    public ImpactPlan Plan() => Deleted ? ImpactPlan.None : ImpactPlan.Of(Start, End, Monitors.Select(link => new MonitorImpact(link.MonitorId, link.Impact)));
}
