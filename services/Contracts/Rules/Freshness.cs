namespace Kener.Contracts;

/// <summary>How long a result says what a monitor is now.</summary>
public static class Freshness
{
    private const int Periods = 3;

    /// <summary>
    /// The last second (Unix) for which the result of that minute counts: three periods of the monitor's checks later; without end for a monitor that is
    /// not checked (<paramref name="period"/> 0).
    /// </summary>
    public static long Until(long minute, int period) => period > 0 ? minute + ((long)Periods * period) : long.MaxValue;
}
