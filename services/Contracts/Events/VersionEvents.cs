namespace Kener.Contracts;

/// <summary>Requests the versions of all entities of these event types; their owners answer with <see cref="VersionsPublished"/>.</summary>
public sealed record VersionsRequested
{
    /// <summary>The requesting service, for the log.</summary>
    public required string By { get; init; }

    /// <summary>Names of event types, such as "MonitorChanged".</summary>
    public required IReadOnlyList<string> Types { get; init; }
}

/// <summary>
/// The versions of an owner's entities in a range of ids, deleted ones included. An id in the range that is not listed never existed at the owner.
/// A service that has different versions publishes <see cref="VersionsDisputed"/>.
/// </summary>
public sealed record VersionsPublished
{
    /// <summary>Name of the event type of these entities.</summary>
    public required string Type { get; init; }

    /// <summary>Start of the range, exclusive.</summary>
    public required long After { get; init; }

    /// <summary>End of the range, inclusive.</summary>
    public required long UpTo { get; init; }

    /// <summary>The entities, ordered by id.</summary>
    public required IReadOnlyList<EntityVersion> Entities { get; init; }
}

/// <summary>
/// The versions that a service has of entities where the owner published different ones. If the service missed a version, the owner publishes the
/// entity again. If the service has a higher version, or the owner does not know the entity, the owner lost it when its database was restored: it
/// publishes its present state with a version above the service's.
/// </summary>
public sealed record VersionsDisputed
{
    /// <summary>The service whose versions differ, for the log.</summary>
    public required string By { get; init; }

    /// <summary>Name of the event type of these entities.</summary>
    public required string Type { get; init; }

    /// <summary>The versions that the service has; 0 for an entity that it does not have.</summary>
    public required IReadOnlyList<EntityVersion> Known { get; init; }
}
