namespace Kener.Contracts;

/// <summary>
/// Where the owner's replay of results goes on: from itself to itself, behind the events that it has sent so far, so that a replay is never
/// further ahead than its events are delivered, and goes on after any interruption.
/// </summary>
public sealed record ReplayContinued
{
    /// <summary>The monitor whose results are next.</summary>
    public required long MonitorId { get; init; }

    /// <summary>The first minute that has not been sent yet, Unix seconds.</summary>
    public required long Minute { get; init; }
}
