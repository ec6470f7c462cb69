namespace Kener.Contracts;

/// <summary>Asks the owners to send the present state of what they own again: how a service with an empty database becomes whole.</summary>
public sealed record ReplayRequested
{
    /// <summary>The service that asks, for the log.</summary>
    public required string By { get; init; }

    /// <summary>The names of the events that it takes in, such as "MonitorChanged"; null: all there are.</summary>
    public IReadOnlyList<string>? Needs { get; init; }

    /// <summary>Whether it takes in events of that type.</summary>
    public bool IsFor<T>() => Needs is null || Needs.Contains(typeof(T).Name);
}
