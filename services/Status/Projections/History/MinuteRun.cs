using Kener.Contracts;

namespace Kener.Status.Projections.History;

/// <summary>A run of equal minutes within one UTC day. The day is counted from 1970-01-01; the latency is in milliseconds.</summary>
internal readonly record struct MinuteRun(int Day, int From, int Count, MonitorStatus Status, double Latency, int Version)
{
    /// <summary>Its first minute, in Unix seconds.</summary>
    public long First => (Day * Minutes.Day) + (From * 60L);

    /// <summary>Its last minute, in Unix seconds.</summary>
    public long Last => First + ((Count - 1) * 60L);

    // Generous bounds: a message has at most the minutes of a day, and Kener accepts no instant after the year 9999.
    private const int MostMinutes = 366 * DayRow.Minutes;
    private const long LastInstant = 253_402_300_799;

    /// <summary>Whether the run can be stored: it starts from 1970 to 9999, and its version, count and status are valid.</summary>
    public static bool CanHold(ResultRun result) => result is { Version: > 0, Count: > 0 and <= MostMinutes, Status: <= MonitorStatus.Down, Minute: >= 0 and <= LastInstant };

    /// <summary>Cuts a run at midnight UTC.</summary>
    public static IEnumerable<MinuteRun> Of(ResultRun result)
    {
        var (minute, left) = (Minutes.Floor(result.Minute), result.Count);
        while (left > 0)
        {
            var day = Minutes.DayOf(minute);
            var from = (int)((minute - day * Minutes.Day) / 60);
            var count = Math.Min(left, DayRow.Minutes - from);
            yield return new MinuteRun(day, from, count, result.Status, result.Latency, result.Version);
            (minute, left) = (minute + count * 60L, left - count);
        }
    }
}
