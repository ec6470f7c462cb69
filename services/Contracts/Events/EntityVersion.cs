namespace Kener.Contracts;

/// <summary>An entity of an event type, and a version of it.</summary>
public sealed record EntityVersion
{
    /// <summary>The entity's id; that of the site is 1.</summary>
    public required long Id { get; init; }

    /// <summary>A version that the sender has; 0 where it has none.</summary>
    public required long Version { get; init; }
}

/// <summary>The versions of events that are about one entity.</summary>
public static class EventVersions
{
    /// <summary>
    /// Versions are Unix milliseconds: one that is further than this above the clock is a fault, and would shadow all versions that follow.
    /// </summary>
    public const long MostAheadMs = 24 * 3_600_000;

    // Results have versions of 32 bits: seconds since a day before there was Kener last until 2091.
    private const long FirstSecond = 1_700_000_000;

    /// <summary>The version of a result that a person corrects at that instant (Unix seconds), where it does not have a higher one.</summary>
    public static int OfCorrection(long now) => (int)Math.Clamp(now - FirstSecond, 1, int.MaxValue);

    /// <summary>The entity and the version of an event; null for other events.</summary>
    public static EntityVersion? Of(object message) => message switch
    {
        IncidentChanged incident => new EntityVersion { Id = incident.Id, Version = incident.Version },
        MonitorChanged monitor => new EntityVersion { Id = monitor.Id, Version = monitor.Version },
        SiteChanged site => new EntityVersion { Id = SiteChanged.TheOne, Version = site.Version },
        _ => null,
    };
}
