using Kener.Contracts;

namespace Kener.Incidents.Updates;

/// <summary>Whether an update is part of the timeline, and if not, why.</summary>
internal enum UpdateStatus : byte
{
    /// <summary>Shown.</summary>
    Active = 0,
    /// <summary>Hidden by an operator; can be shown again.</summary>
    Inactive = 1,
    /// <summary>Deleted.</summary>
    Deleted = 2,
}

/// <summary>A post on an incident's timeline, with its own time. API v4 calls it a comment.</summary>
internal sealed class Update
{
    public long Id { get; set; }
    public long IncidentId { get; set; }
    public required string Markdown { get; set; }
    public long At { get; set; }
    public IncidentState State { get; set; }
    public UpdateStatus Status { get; set; }
    public long CreatedMs { get; set; }
    public long UpdatedMs { get; set; }
}
