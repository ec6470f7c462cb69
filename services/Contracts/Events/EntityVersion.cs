namespace Kener.Contracts;

/// <summary>An entity, identified by its id within an event type, and a version of it.</summary>
public sealed record EntityVersion
{
    /// <summary>The entity's id; 1 for the site.</summary>
    public required long Id { get; init; }

    /// <summary>The version that the sender has; 0 if it has none.</summary>
    public required long Version { get; init; }
}

/// <summary>Versions of the events that are about one entity.</summary>
public static class EventVersions
{
    /// <summary>
    /// How far a version (Unix milliseconds) may be ahead of the clock. A version further ahead is a fault: it would shadow all later versions.
    /// </summary>
    public const long MostAheadMs = 24 * 3_600_000;

    // Versions of results have 32 bits. Seconds counted from this instant (2023-11-14) fit until 2091.
    private const long FirstSecond = 1_700_000_000;

    /// <summary>
    /// Returns the version of a result that a person corrects at that instant (Unix seconds), unless the result already has a higher one.
    /// </summary>
    public static int OfCorrection(long now) => (int)Math.Clamp(now - FirstSecond, 1, int.MaxValue);

    /// <summary>Returns the entity and the version of an event; null for an event that is not about one entity.</summary>
    public static EntityVersion? Of(object message) => message switch
    {
        IncidentChanged incident => new EntityVersion { Id = incident.Id, Version = incident.Version },
        MonitorChanged monitor => new EntityVersion { Id = monitor.Id, Version = monitor.Version },
        SiteChanged site => new EntityVersion { Id = SiteChanged.TheOne, Version = site.Version },
        _ => null,
    };
}
