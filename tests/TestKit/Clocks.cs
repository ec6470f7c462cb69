using Microsoft.Extensions.Time.Testing;

namespace Kener.TestKit;

/// <summary>A clock that a test turns by hand, beginning now.</summary>
public static class Clocks
{
    public static FakeTimeProvider AtHand() => new(TimeProvider.System.GetUtcNow());

    /// <summary>
    /// Turns the clock, a second at a time, until it holds; fails after two real minutes. To turn it once is not enough: a loop that reads the
    /// clock before the turn and sets its timer after it sleeps on.
    /// </summary>
    public static Task TurnUntilAsync(this FakeTimeProvider clock, Func<Task<bool>> holds) => Eventually.TrueAsync(async () =>
    {
        if (await holds()) return true;
        clock.Advance(TimeSpan.FromSeconds(1));
        return false;
    });

    /// <summary>As above, for what is known without asking.</summary>
    public static Task TurnUntilAsync(this FakeTimeProvider clock, Func<bool> holds) => clock.TurnUntilAsync(() => Task.FromResult(holds()));
}
