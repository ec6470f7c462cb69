namespace Kener.Contracts;

/// <summary>Arithmetic on Unix seconds.</summary>
public static class Minutes
{
    /// <summary>Seconds in a day of UTC.</summary>
    public const long Day = 86_400;

    /// <summary>The minute's first second, also before 1970.</summary>
    public static long Floor(long seconds) => seconds - Mod(seconds, 60);

    /// <summary>The number of the UTC day since 1970-01-01.</summary>
    public static int DayOf(long seconds) => (int)((seconds - Mod(seconds, Day)) / Day);

    private static long Mod(long value, long by) => ((value % by) + by) % by;
}
