using Kener.Contracts;

namespace Kener.Monitors;

/// <summary>
/// The rules CON-1 to CON-3 of docs/behavior.md, pure: fed with what checks saw, minute by minute, it says what each minute is. A change of side, from
/// healthy to unhealthy or back, is held until <paramref name="threshold"/> checks in a row say the same; then they count from their first.
/// </summary>
internal sealed class Confirmation(int threshold)
{
    public const string HeldMessage = "Status held during grace period";

    private readonly List<Observation> _held = [];
    private MonitorStatus? _anchor;

    /// <summary>Whether the rule looks at it: a check's own word on whether it works. All else stands as it is and is passed over.</summary>
    public static bool Counts(Observation seen) =>
        seen.Type is ResultType.Realtime or ResultType.Timeout or ResultType.Error && seen.Raw is MonitorStatus.Up or MonitorStatus.Down or MonitorStatus.Degraded;

    /// <summary>Whether two that count are on the same side: DOWN and DEGRADED are one.</summary>
    public static bool IsSameSide(MonitorStatus one, MonitorStatus other) => one == MonitorStatus.Up == (other == MonitorStatus.Up);

    /// <summary>Those that are held, until others confirm or contradict them.</summary>
    public IReadOnlyList<Observation> Held => _held;

    /// <summary>Begins where that status has been confirmed.</summary>
    public Confirmation From(MonitorStatus anchor)
    {
        _anchor = anchor;
        return this;
    }

    /// <summary>Takes the next one that counts: what it is, and what those before it are that it confirms.</summary>
    public IReadOnlyList<Verdict> Next(Observation seen)
    {
        if (_anchor is not { } anchor || IsSameSide(anchor, seen.Raw))
        {
            _anchor = seen.Raw;
            _held.Clear();
            return [Of(seen, seen.Raw, seen.Message)];
        }
        _held.Add(seen);
        if (_held.Count < threshold) return [Of(seen, anchor, Join(seen.Message, HeldMessage))];
        var count = _held.Count;
        Verdict[] confirmed = [.. _held.Select(held => Of(held, held.Raw, Confirmed(held, count)))];
        _anchor = seen.Raw;
        _held.Clear();
        return confirmed;
    }

    /// <summary>Whether both will say the same of all that comes.</summary>
    public bool IsAt(Confirmation other) => _anchor == other._anchor && _held.SequenceEqual(other._held);

    private static string? Confirmed(Observation held, int count) => held.Raw == MonitorStatus.Up ? null
        : Join(held.Message, $"{(held.Raw == MonitorStatus.Down ? "Down" : "Degraded")} confirmed after {count} consecutive checks");

    private static string Join(string? said, string note) => string.IsNullOrEmpty(said) ? note : $"{said}; {note}";

    private static Verdict Of(Observation seen, MonitorStatus status, string? message) =>
        new(seen.MonitorId, seen.Minute, status, seen.Raw, seen.Latency, seen.Type, message, seen.Message);
}
