using Kener.Contracts;

namespace Kener.Status.History;

/// <summary>
/// The days of a time zone, numbered as the days of UTC are: since 1970-01-01. Defined for every number: what lies beyond the years 1 to 9999
/// counts as their first or last day. Not for use by two at once.
/// </summary>
internal sealed class Calendar(TimeZoneInfo zone)
{
    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;
    // Two days short of what dates can hold, so that neither a zone nor the next day leads beyond them.
    private static readonly int First = DateOnly.MinValue.DayNumber - Epoch + 2, Last = DateOnly.MaxValue.DayNumber - Epoch - 2;
    private readonly Dictionary<int, long> _starts = [];
    private readonly bool _isUtc = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime;

    /// <summary>The day of an instant in Unix seconds.</summary>
    public int DayOf(long seconds)
    {
        if (_isUtc) return Math.Clamp(Minutes.DayOf(seconds), First, Last);
        seconds = Math.Clamp(seconds, First * Minutes.Day, (Last + 1) * Minutes.Day - 1);
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(seconds), zone);
        var day = DateOnly.FromDateTime(local.DateTime).DayNumber - Epoch;
        // Where clocks go back over midnight an hour of the day before comes twice; it belongs to that day.
        return Math.Clamp(seconds < StartOf(day) ? day - 1 : seconds >= StartOf(day + 1) ? day + 1 : day, First, Last);
    }

    /// <summary>The first second of a day.</summary>
    public long StartOf(int day)
    {
        day = Math.Clamp(day, First, Last + 1);
        if (_isUtc) return day * Minutes.Day;
        if (_starts.TryGetValue(day, out var known)) return known;
        // A few hundred days are asked for, again and again; whoever moves on does not come back.
        if (_starts.Count > 2_000) _starts.Clear();
        return _starts[day] = Compute(day);
    }

    /// <summary>The day as a date.</summary>
    public static DateOnly DateOf(int day) => DateOnly.FromDayNumber(Epoch + Math.Clamp(day, First, Last + 1));

    private long Compute(int day)
    {
        var midnight = DateOf(day).ToDateTime(TimeOnly.MinValue);
        // A midnight that comes twice counts the first time; one that clocks skip has the offset from before, and so is the moment of the leap.
        var offset = zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight);
        var seconds = new DateTimeOffset(DateTime.SpecifyKind(midnight, DateTimeKind.Unspecified), TimeSpan.Zero).ToUnixTimeSeconds() - (long)offset.TotalSeconds;
        return Minutes.Floor(seconds);
    }
}
