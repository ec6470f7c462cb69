namespace Kener.Contracts;

/// <summary>How long a result determines the present status of its monitor (Behavior: STA-4).</summary>
public static class Freshness
{
    private const int Periods = 3;

    /// <summary>
    /// Returns the last Unix second at which the result of that minute determines the present status: three check periods (in seconds) later.
    /// Unlimited for a monitor that is not checked (<paramref name="period"/> 0).
    /// </summary>
    public static long Until(long minute, int period) => period > 0 ? minute + ((long)Periods * period) : long.MaxValue;
}
