using Microsoft.Extensions.Time.Testing;

namespace Kener.TestKit;

/// <summary>Clocks that a test advances by hand, starting at the current time.</summary>
public static class Clocks
{
    public static FakeTimeProvider AtHand() => new(TimeProvider.System.GetUtcNow());

    /// <summary>
    /// Advances the clock a second at a time until the condition holds; fails after two real minutes. Advancing it once is not enough: a loop that
    /// reads the clock before that and sets its timer afterwards would sleep on.
    /// </summary>
    public static Task TurnUntilAsync(this FakeTimeProvider clock, Func<Task<bool>> holds) => Eventually.TrueAsync(async () =>
    {
        if (await holds()) return true;
        clock.Advance(TimeSpan.FromSeconds(1));
        return false;
    }, alwaysOften: true);

    /// <summary>As above, for a synchronous condition.</summary>
    public static Task TurnUntilAsync(this FakeTimeProvider clock, Func<bool> holds) => clock.TurnUntilAsync(() => Task.FromResult(holds()));
}
