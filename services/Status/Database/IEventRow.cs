namespace Kener.Status.Database;

/// <summary>A row that holds the newest event about an entity of another service.</summary>
internal interface IEventRow
{
    long Id { get; }
    long Version { get; }
    /// <summary>The event as JSON.</summary>
    string Payload { get; }
    /// <summary>The name used in logs, such as "Monitor api".</summary>
    string Title { get; }
}
