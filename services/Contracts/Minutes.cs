namespace Kener.Contracts;

/// <summary>Arithmetic on Unix seconds.</summary>
public static class Minutes
{
    /// <summary>Seconds in a day of UTC.</summary>
    public const long Day = 86_400;

    /// <summary>The minute's first second, also before 1970. Defined for every number.</summary>
    public static long Floor(long seconds)
    {
        var from = Math.Max(seconds, long.MinValue + 60);
        return from - Mod(from, 60);
    }

    /// <summary>The number of the UTC day since 1970-01-01. Instants further away than a billion days count as the last day of these.</summary>
    public static int DayOf(long seconds) => (int)Math.Clamp((seconds / Day) - (seconds % Day < 0 ? 1 : 0), -MostDays, MostDays);

    // Sums and differences of two such days are integers still.
    private const long MostDays = 1_000_000_000;

    private static long Mod(long value, long by) => ((value % by) + by) % by;
}
