namespace Kener.Contracts;

/// <summary>Arithmetic with Unix seconds.</summary>
public static class Minutes
{
    /// <summary>Seconds in a UTC day.</summary>
    public const long Day = 86_400;

    /// <summary>Returns the first second of the minute, also before 1970. Defined for every number.</summary>
    public static long Floor(long seconds)
    {
        var from = Math.Max(seconds, long.MinValue + 60);
        return from - Mod(from, 60);
    }

    /// <summary>Returns the number of the UTC day since 1970-01-01, clamped to a billion days in either direction.</summary>
    public static int DayOf(long seconds) => (int)Math.Clamp((seconds / Day) - (seconds % Day < 0 ? 1 : 0), -MostDays, MostDays);

    // Sums and differences of two such days still fit into an int.
    private const long MostDays = 1_000_000_000;

    private static long Mod(long value, long by) => ((value % by) + by) % by;
}
