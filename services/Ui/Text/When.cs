using System.Globalization;

namespace Kener.Ui.Text;

/// <summary>Formats instants and durations. Pages contain absolute times, so that the same facts give the same bytes.</summary>
internal static class When
{
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Formats as 2026-11-23T20:06Z.</summary>
    public static string Iso(long seconds) => Utc(seconds).ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);

    /// <summary>Formats as Mon, 23 Nov 2026 20:06:00 GMT.</summary>
    public static string Rfc822(long seconds) => Utc(seconds).ToString("r", CultureInfo.InvariantCulture);

    /// <summary>Formats as 2026-11-23.</summary>
    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Returns the day in the visitor's time zone at that instant.</summary>
    public static DateOnly Day(this Localizer reader, long seconds) => DateOnly.FromDateTime(reader.Local(seconds).DateTime);

    /// <summary>Formats as 23 Nov, or in the owner's format of a date.</summary>
    public static string Day(this Localizer reader, DateOnly day) =>
        reader.Date?.Write(new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero), reader) ?? day.ToString(reader["d MMM"], reader.Forms);

    /// <summary>Formats as Nov.</summary>
    public static string Month(this Localizer reader, DateOnly day) => day.ToString("MMM", reader.Forms);

    /// <summary>
    /// Formats as 23 Nov 2026, 20:06 UTC, without the year if it is <paramref name="year"/>; or in the owner's format of an instant.
    /// </summary>
    public static string Moment(this Localizer reader, long seconds, int? year = null) =>
        reader.DateAndTime is { HasZone: true } ? reader.DayAndClock(seconds, year) : $"{reader.DayAndClock(seconds, year)} {reader.ZoneAt(seconds)}";

    /// <summary>Formats as 23 Nov, 04:00 – 05:00 UTC; with both days if they differ.</summary>
    public static string Span(this Localizer reader, long start, long end, int year) =>
        (reader.ZoneAt(start) == reader.ZoneAt(end) ? reader.DayAndClock(start, year) : reader.Moment(start, year)) + " – "
            + (reader.Day(start) == reader.Day(end) ? reader.Clock(end) : reader.Moment(end, year));

    /// <summary>Formats the offset of the visitor's time zone at that instant: UTC, UTC+1, UTC+5:30.</summary>
    public static string ZoneAt(this Localizer reader, long seconds) => ZoneOf(reader.Local(seconds).Offset);

    /// <summary>Formats an offset: UTC, UTC+1, UTC+5:30.</summary>
    public static string ZoneOf(TimeSpan offset)
    {
        if (offset == TimeSpan.Zero) return "UTC";
        var minutes = offset.Minutes == 0 ? "" : offset.ToString("\\:mm", CultureInfo.InvariantCulture);
        return $"UTC{(offset < TimeSpan.Zero ? '−' : '+')}{Math.Abs(offset.Hours)}{minutes}";
    }

    /// <summary>Formats the time between two instants: 47 min, 1 h 12 min, 3 d 4 h.</summary>
    public static string Between(this Localizer reader, long start, long end)
    {
        var minutes = (Utc(end) - Utc(start)).TotalMinutes;
        return minutes < 1 ? reader["under a minute"] : reader.Length((long)minutes);
    }

    /// <summary>Formats a number of minutes: 47 min, 1 h 12 min, 3 d 4 h.</summary>
    public static string Length(this Localizer reader, long minutes)
    {
        var (days, hours) = (minutes / 1440, minutes / 60 % 24);
        return days > 0 ? Two(reader.Count("{0} d", days), "{0} h", hours)
            : hours > 0 ? Two(reader.Count("{0} h", hours), "{0} min", minutes % 60)
            : reader.Count("{0} min", minutes);

        string Two(string more, string text, long less) => less == 0 ? more : $"{more} {reader.Count(text, less)}";
    }

    private static string DayAndClock(this Localizer reader, long seconds, int? year)
    {
        var at = reader.Local(seconds);
        return reader.DateAndTime?.Write(at, reader)
            ?? $"{at.ToString(reader[at.Year == year ? "d MMM" : "d MMM yyyy"], reader.Forms)}, {at.ToString(reader["HH:mm"], reader.Forms)}";
    }

    // Formats as 20:06 UTC.
    private static string Clock(this Localizer reader, long seconds)
    {
        var at = reader.Local(seconds);
        return reader.Time is { } time ? time.Write(at, reader) + (time.HasZone ? "" : " " + ZoneOf(at.Offset))
            : $"{at.ToString(reader["HH:mm"], reader.Forms)} {ZoneOf(at.Offset)}";
    }

    private static DateTimeOffset Utc(long seconds) => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, Earliest, Latest));

    // In the first and last year, the offset of a zone could lead out of the calendar.
    private static DateTimeOffset Local(this Localizer reader, long seconds)
    {
        var utc = Utc(seconds);
        return utc.Year is 1 or 9999 ? utc : TimeZoneInfo.ConvertTime(utc, reader.Zone);
    }
}
