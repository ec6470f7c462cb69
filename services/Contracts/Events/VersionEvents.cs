namespace Kener.Contracts;

/// <summary>Asks the owners of these event types to publish the versions of their entities (<see cref="VersionsPublished"/>).</summary>
public sealed record VersionsRequested
{
    /// <summary>The service that asks, for the log.</summary>
    public required string By { get; init; }

    /// <summary>Names of events, such as "MonitorChanged".</summary>
    public required IReadOnlyList<string> Types { get; init; }
}

/// <summary>
/// The versions of an owner's entities in a range of ids, deleted ones included. An id of the range that is not listed never existed there.
/// A service that has others publishes <see cref="VersionsDisputed"/>.
/// </summary>
public sealed record VersionsPublished
{
    /// <summary>The name of the event that is about these entities.</summary>
    public required string Type { get; init; }

    /// <summary>The range begins behind this id.</summary>
    public required long After { get; init; }

    /// <summary>The last id of the range.</summary>
    public required long UpTo { get; init; }

    /// <summary>By id.</summary>
    public required IReadOnlyList<EntityVersion> Entities { get; init; }
}

/// <summary>
/// The versions that a service has of entities whose owner has others. The owner publishes an entity again where the service missed it;
/// where the service has the higher version, or the entity is unknown to the owner, the owner lost it in a restore, and publishes what it has
/// now with a version above the service's.
/// </summary>
public sealed record VersionsDisputed
{
    /// <summary>The service that differs, for the log.</summary>
    public required string By { get; init; }

    /// <summary>The name of the event that is about these entities.</summary>
    public required string Type { get; init; }

    /// <summary>What the service has; version 0 where it has nothing.</summary>
    public required IReadOnlyList<EntityVersion> Known { get; init; }
}
