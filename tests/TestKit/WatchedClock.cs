using Microsoft.Extensions.Time.Testing;

namespace Kener.TestKit;

/// <summary>
/// A clock that a test turns by hand, beginning now unless it says otherwise, and that counts the timers which were set to <paramref name="watched"/>: what waits so
/// long is known to wait before the clock is turned, and is known to wait for nothing else.
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
