using Kener.Status.Database;

namespace Kener.Status.Projections.Monitors;

/// <summary>The newest received state of a monitor. A tombstone stays, so that an older state cannot return.</summary>
internal sealed class MonitorRow : IEventRow
{
    public long Id { get; set; }
    public long Version { get; set; }
    public bool Deleted { get; set; }
    /// <summary>The name that clients use. Not unique: a recreated tag may arrive before the deletion of its predecessor.</summary>
    public required string Tag { get; set; }
    /// <summary>Whether it may be named in public.</summary>
    public bool IsVisible { get; set; }
    /// <summary>The event as JSON.</summary>
    public required string Payload { get; set; }

    string IEventRow.Title => $"Monitor {Tag}";

    public static MonitorRow Of(Contracts.MonitorChanged monitor) => new()
    {
        Id = monitor.Id,
        Version = monitor.Version,
        Deleted = monitor.Deleted,
        Tag = monitor.Tag,
        IsVisible = Visibility.IsVisible(monitor),
        Payload = Database.Payload.Write(monitor),
    };
}
