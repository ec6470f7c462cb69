namespace Kener.Contracts;

/// <summary>
/// What was observed in <paramref name="Count"/> minutes in a row, beginning with <paramref name="Minute"/> (Unix seconds, a whole
/// minute): a verdict after confirmation, never an overlay. A single check is a run of 1. <paramref name="Latency"/> is in milliseconds.
/// <paramref name="Version"/> is that of each of these minutes: 1 when first written, one more at each overwrite.
/// </summary>
public sealed record Reading(long MonitorId, long Minute, int Count, MonitorStatus Status, double Latency, int Version);

/// <summary>
/// Results as the owner stored them: up to 1,000 runs and up to 1,440 minutes a message, of one monitor or of many. For each minute a
/// consumer keeps the reading with the highest version, so order and duplicates do not matter.
/// </summary>
public sealed record ReadingsRecorded
{
    /// <summary>The runs, in no promised order.</summary>
    public required IReadOnlyList<Reading> Readings { get; init; }
}
