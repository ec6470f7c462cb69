using Kener.Contracts;

namespace Kener.Status.Projections.History;

/// <summary>
/// The days of a time zone, numbered from 1970-01-01 as those of UTC. Defined for every number: instants and days beyond the years 1 to 9999 count
/// as the first or the last day. Not thread-safe.
/// </summary>
internal sealed class Calendar(TimeZoneInfo zone)
{
    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;
    // Two days within the range of dates, so that neither the offset of a zone nor the next day leaves it.
    private static readonly int First = DateOnly.MinValue.DayNumber - Epoch + 2, Last = DateOnly.MaxValue.DayNumber - Epoch - 2;
    private readonly Dictionary<int, long> _starts = [];
    private readonly bool _isUtc = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime;

    /// <summary>Returns the day of an instant, which is in Unix seconds.</summary>
    public int DayOf(long seconds)
    {
        if (_isUtc) return Math.Clamp(Minutes.DayOf(seconds), First, Last);
        seconds = Math.Clamp(seconds, First * Minutes.Day, (Last + 1) * Minutes.Day - 1);
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(seconds), zone);
        var day = DateOnly.FromDateTime(local.DateTime).DayNumber - Epoch;
        // Where clocks are set back across midnight, part of the old date occurs again after the new day has begun; it counts as the new day.
        return Math.Clamp(seconds < StartOf(day) ? day - 1 : seconds >= StartOf(day + 1) ? day + 1 : day, First, Last);
    }

    /// <summary>Returns the first second of a day, in Unix seconds.</summary>
    public long StartOf(int day)
    {
        day = Math.Clamp(day, First, Last + 1);
        if (_isUtc) return day * Minutes.Day;
        if (_starts.TryGetValue(day, out var known)) return known;
        // Callers need the same few hundred days again and again, and do not return to others.
        if (_starts.Count > 2_000) _starts.Clear();
        return _starts[day] = Compute(day);
    }

    /// <summary>Returns the day as a date.</summary>
    public static DateOnly DateOf(int day) => DateOnly.FromDayNumber(Epoch + Math.Clamp(day, First, Last + 1));

    private long Compute(int day)
    {
        var midnight = DateOf(day).ToDateTime(TimeOnly.MinValue);
        // Of a midnight that occurs twice, the first counts. One that is skipped gets the offset from before, which gives the instant of the change.
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        var seconds = new DateTimeOffset(DateTime.SpecifyKind(midnight, DateTimeKind.Unspecified), TimeSpan.Zero).ToUnixTimeSeconds() - (long)offset.TotalSeconds;
        return Minutes.Floor(seconds);
    }
}
