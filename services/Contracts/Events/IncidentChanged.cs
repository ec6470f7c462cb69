namespace Kener.Contracts;

/// <summary>The lifecycle of an incident, driven by its timeline (Behavior: INC-1).</summary>
public enum IncidentState : byte
{
    /// <summary>We know that something is wrong, not yet what.</summary>
    Investigating = 0,
    /// <summary>We know what is wrong.</summary>
    Identified = 1,
    /// <summary>It is fixed; we watch whether it stays so.</summary>
    Monitoring = 2,
    /// <summary>It is over.</summary>
    Resolved = 3,
}

/// <summary>Who opened an incident (Behavior: INC-8).</summary>
public enum IncidentSource : byte
{
    /// <summary>A person in the dashboard.</summary>
    Dashboard = 0,
    /// <summary>A client of the API.</summary>
    Api = 1,
    /// <summary>An alert rule.</summary>
    Alert = 2,
}

/// <summary>The impact that an incident has on a monitor: Down, Degraded or Maintenance; Up lists it as affected and changes nothing of its status.</summary>
public sealed record IncidentLink(long MonitorId, MonitorStatus Impact);

/// <summary>One ACTIVE update of an incident's timeline. <paramref name="At"/> is in Unix seconds, <paramref name="Markdown"/> is untrusted text.</summary>
public sealed record IncidentUpdate(long Id, long At, IncidentState State, string Markdown);

/// <summary>
/// The whole incident as it now is. Versions of one id grow with each change; a consumer ignores lower or equal ones.
/// A deleted incident is a tombstone: only <see cref="Id"/>, <see cref="Version"/> and <see cref="Deleted"/> count.
/// </summary>
public sealed record IncidentChanged
{
    /// <summary>The incident's id; never used again.</summary>
    public required long Id { get; init; }
    /// <summary>The Unix milliseconds of the last change, and always more than before.</summary>
    public required long Version { get; init; }
    /// <summary>True for a tombstone.</summary>
    public bool Deleted { get; init; }
    /// <summary>Plain text, up to 255 characters.</summary>
    public string Title { get; init; } = "";
    /// <summary>First second of the incident, Unix seconds.</summary>
    public long Start { get; init; }
    /// <summary>First second after it, Unix seconds; null while open.</summary>
    public long? End { get; init; }
    /// <summary>That of the update posted last.</summary>
    public IncidentState State { get; init; }
    /// <summary>Who opened it.</summary>
    public IncidentSource Source { get; init; }
    /// <summary>Shown on every page (Behavior: PAG-3).</summary>
    public bool IsGlobal { get; init; }
    /// <summary>The monitors that it touches, ordered as the operator gave them.</summary>
    public IReadOnlyList<IncidentLink> Monitors { get; init; } = [];
    /// <summary>The ACTIVE updates, newest first by their own time, then by id.</summary>
    public IReadOnlyList<IncidentUpdate> Updates { get; init; } = [];
    /// <summary>When it was entered, Unix milliseconds.</summary>
    public long CreatedMs { get; init; }
    /// <summary>When it was last changed, Unix milliseconds.</summary>
    public long UpdatedMs { get; init; }

    /// <summary>What it means for its monitors; nothing where it is deleted.</summary>
    public ImpactPlan Plan() => Deleted ? ImpactPlan.None : ImpactPlan.Of(Start, End, Monitors.Select(link => new MonitorImpact(link.MonitorId, link.Impact)));
}
