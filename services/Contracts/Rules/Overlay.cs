namespace Kener.Contracts;

/// <summary>The source of an overlay.</summary>
public enum OverlayKind : byte
{
    /// <summary>An incident, whether open or over.</summary>
    Incident = 0,
    /// <summary>An occurrence of a maintenance.</summary>
    Maintenance = 1,
}

/// <summary>
/// An interval [<paramref name="Start"/>, <paramref name="End"/>) in Unix seconds in which an incident or a maintenance gives a monitor
/// <paramref name="Impact"/>. Without an end it is open (Behavior: OVL-1, OVL-2).
/// </summary>
public readonly record struct Overlay(OverlayKind Kind, long Start, long? End, MonitorStatus Impact)
{
    /// <summary>Whether the instant (Unix seconds) lies in the interval. A minute is covered if its first second is.</summary>
    public bool Covers(long instant) => Start <= instant && (End is not { } end || instant < end);

    /// <summary>Whether the interval shares an instant with [from, to).</summary>
    public bool Touches(long from, long to) =>
        from < to && Start < to && (End is not { } end || end > from && end > Start);
}
