using System.Collections.Frozen;

namespace Kener.Contracts;

/// <summary>All events between services, by the name under which an outbox stores them. A name never changes once it is used.</summary>
public static class EventTypes
{
    private static readonly FrozenDictionary<string, Type> ByName = new Dictionary<string, Type>
    {
        [nameof(IncidentChanged)] = typeof(IncidentChanged),
        [nameof(MonitorChanged)] = typeof(MonitorChanged),
        [nameof(ResultsRecorded)] = typeof(ResultsRecorded),
        [nameof(ReplayContinued)] = typeof(ReplayContinued),
        [nameof(ReplayRequested)] = typeof(ReplayRequested),
        [nameof(SiteChanged)] = typeof(SiteChanged),
        [nameof(VersionsDisputed)] = typeof(VersionsDisputed),
        [nameof(VersionsPublished)] = typeof(VersionsPublished),
        [nameof(VersionsRequested)] = typeof(VersionsRequested),
    }.ToFrozenDictionary();

    /// <summary>All event types.</summary>
    public static IReadOnlyCollection<Type> All => ByName.Values;

    /// <summary>Returns the event type of that name; null if there is none.</summary>
    public static Type? Find(string name) => ByName.GetValueOrDefault(name);
}
