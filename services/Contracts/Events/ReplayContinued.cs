namespace Kener.Contracts;

/// <summary>
/// The position at which the owner's replay of results continues. The owner sends it to itself, behind the events that it has published so far.
/// So a replay never runs ahead of the delivery of its events, and resumes after any interruption.
/// </summary>
public sealed record ReplayContinued
{
    /// <summary>The monitor whose results are next.</summary>
    public required long MonitorId { get; init; }

    /// <summary>The first minute that has not been published yet, in Unix seconds.</summary>
    public required long Minute { get; init; }
}
