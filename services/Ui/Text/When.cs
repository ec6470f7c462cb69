using System.Globalization;

namespace Kener.Ui.Text;

/// <summary>Instants and lengths of time in words. Pages bear absolute times, so that the same facts give the same bytes.</summary>
internal static class When
{
    private static readonly long Earliest = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>The instant; one beyond the calendar is its first or last.</summary>
    public static DateTimeOffset Utc(long seconds) => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, Earliest, Latest));

    /// <summary>2026-11-23T20:06Z.</summary>
    public static string Iso(long seconds) => Utc(seconds).ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);

    /// <summary>23 Nov 2026, 20:06 UTC; without the year where it is the one that the reader has in mind.</summary>
    public static string Moment(long seconds, int? year = null)
    {
        var at = Utc(seconds);
        return at.ToString(at.Year == year ? "d MMM, HH:mm 'UTC'" : "d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
    }

    /// <summary>23 Nov.</summary>
    public static string Day(DateOnly day) => day.ToString("d MMM", CultureInfo.InvariantCulture);

    /// <summary>2026-11-23.</summary>
    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The time from one instant to another: 47 min, 1 h 12 min, 3 d 4 h.</summary>
    public static string Between(long start, long end)
    {
        var minutes = (Utc(end) - Utc(start)).TotalMinutes;
        return minutes < 1 ? "under a minute" : Length((long)minutes);
    }

    /// <summary>So many minutes: 47 min, 1 h 12 min, 3 d 4 h.</summary>
    public static string Length(long minutes)
    {
        var (days, hours) = (minutes / 1440, minutes / 60 % 24);
        return days > 0 ? Two(days, "d", hours, "h") : hours > 0 ? Two(hours, "h", minutes % 60, "min") : $"{minutes} min";

        static string Two(long more, string large, long less, string small) =>
            less == 0 ? $"{more} {large}" : $"{more} {large} {less} {small}";
    }
}
