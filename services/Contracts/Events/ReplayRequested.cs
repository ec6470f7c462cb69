namespace Kener.Contracts;

/// <summary>Asks every owner to send the present state of all that it owns again: how a service with an empty database becomes whole.</summary>
public sealed record ReplayRequested
{
    /// <summary>The service that asks, for the log.</summary>
    public required string By { get; init; }
}
