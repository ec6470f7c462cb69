using Microsoft.Extensions.Time.Testing;

namespace Kener.TestKit;

/// <summary>
/// A clock that a test advances by hand, starting at the current time by default. It counts the timers that are set to exactly
/// <paramref name="watched"/>, so that a test knows that the code is in that wait, and in no other, before it advances the clock.
/// </summary>
public sealed class WatchedClock(TimeSpan watched, DateTimeOffset? start = null) : FakeTimeProvider(start ?? TimeProvider.System.GetUtcNow())
{
    private int _waits;

    public int Waits => Volatile.Read(ref _waits);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == watched) Interlocked.Increment(ref _waits);
        return timer;
    }
}
