using Kener.Contracts;

namespace Kener.Monitors.Results;

/// <summary>
/// Decides the status of each minute from the results of checks, which are passed in minute by minute (Behavior: CON-1 to CON-3). Pure. A change of
/// side, from healthy to unhealthy or back, is held until <paramref name="threshold"/> checks in a row agree; then it counts from the first of them.
/// </summary>
internal sealed class Confirmation(int threshold)
{
    public const string HeldMessage = "Status held during grace period";

    private readonly List<Observation> _held = [];
    private MonitorStatus? _anchor;

    /// <summary>Returns whether confirmation applies (Behavior: CON-3). Other observations are skipped and stay as they are.</summary>
    public static bool Counts(Observation seen) =>
        seen.Type is ResultType.Realtime or ResultType.Timeout or ResultType.Error && seen.Raw is MonitorStatus.Up or MonitorStatus.Down or MonitorStatus.Degraded;

    /// <summary>Returns whether two statuses that count are on the same side: DOWN and DEGRADED are one side.</summary>
    public static bool IsSameSide(MonitorStatus one, MonitorStatus other) => one == MonitorStatus.Up == (other == MonitorStatus.Up);

    /// <summary>The observations that are held until later ones confirm or contradict them.</summary>
    public IReadOnlyList<Observation> Held => _held;

    /// <summary>Starts with that status as the confirmed one.</summary>
    public Confirmation From(MonitorStatus anchor)
    {
        _anchor = anchor;
        return this;
    }

    /// <summary>Adds the next observation that counts. Returns its verdict, and those of the earlier observations that it confirms.</summary>
    public IReadOnlyList<MinuteVerdict> Next(Observation seen)
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
        MinuteVerdict[] confirmed = [.. _held.Select(held => Of(held, held.Raw, Confirmed(held, count)))];
        _anchor = seen.Raw;
        _held.Clear();
        return confirmed;
    }

    /// <summary>Returns whether both will give the same verdicts on everything that follows.</summary>
    public bool IsAt(Confirmation other) => _anchor == other._anchor && _held.SequenceEqual(other._held);

    private static string? Confirmed(Observation held, int count) => held.Raw == MonitorStatus.Up ? null
        : Join(held.Message, $"{(held.Raw == MonitorStatus.Down ? "Down" : "Degraded")} confirmed after {count} consecutive checks");

    private static string Join(string? said, string note) => string.IsNullOrEmpty(said) ? note : $"{said}; {note}";

    private static MinuteVerdict Of(Observation seen, MonitorStatus status, string? message) =>
        new(seen.MonitorId, seen.Minute, status, seen.Raw, seen.Latency, seen.Type, message, seen.Message);
}
