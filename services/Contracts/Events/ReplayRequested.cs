namespace Kener.Contracts;

/// <summary>Requests a replay: the owners publish the present state of their entities again. A service with an empty database sends it.</summary>
public sealed record ReplayRequested
{
    /// <summary>The requesting service, for the log.</summary>
    public required string By { get; init; }

    /// <summary>Names of the events that the service consumes, such as "MonitorChanged"; null for all.</summary>
    public IReadOnlyList<string>? Needs { get; init; }

    /// <summary>Whether the service consumes events of that type.</summary>
    public bool IsFor<T>() => Needs is null || Needs.Contains(typeof(T).Name);
}
