using Kener.Contracts;

namespace Kener.Incidents;

/// <summary>Whether an update is part of the timeline, and why not.</summary>
internal enum UpdateStatus : byte
{
    /// <summary>Shown.</summary>
    Active = 0,
    /// <summary>Hidden by a person; can be shown again.</summary>
    Inactive = 1,
    /// <summary>Deleted.</summary>
    Deleted = 2,
}

/// <summary>What was said about an incident at a time. API v4 calls it a comment.</summary>
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
