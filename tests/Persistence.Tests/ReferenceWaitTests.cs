using Microsoft.Extensions.Time.Testing;

namespace Kener.Persistence.Tests;

public sealed class ReferenceWaitTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_known_reference_is_not_waited_for() =>
        Assert.True(await new ReferenceWait(new FakeTimeProvider()).UntilAsync(() => Task.FromResult(true), Cancel));

    [Fact]
    public async Task A_reference_that_becomes_known_in_time_is_accepted()
    {
        var asked = 0;
        Assert.True(await new ReferenceWait(new LeapingClock()).UntilAsync(() => Task.FromResult(++asked == 3), Cancel));
    }

    [Fact]
    public async Task An_unknown_reference_is_rejected_after_half_a_second()
    {
        var clock = new LeapingClock();
        var start = clock.GetUtcNow();
        Assert.False(await new ReferenceWait(clock).UntilAsync(() => Task.FromResult(false), Cancel));
        Assert.Equal(TimeSpan.FromMilliseconds(500), clock.GetUtcNow() - start);
    }

    [Fact]
    public async Task At_most_32_requests_wait_at_once_and_places_become_free_again()
    {
        var clock = new FakeTimeProvider();
        var wait = new ReferenceWait(clock);
        var waiting = Enumerable.Range(0, 32).Select(_ => wait.UntilAsync(() => Task.FromResult(false), Cancel)).ToList();
        var refused = wait.UntilAsync(() => Task.FromResult(false), Cancel);
        Assert.False(await refused);
        Assert.All(waiting, one => Assert.False(one.IsCompleted));
        while (!waiting.TrueForAll(one => one.IsCompleted)) clock.Advance(TimeSpan.FromMilliseconds(20));
        var asked = 0;
        var again = wait.UntilAsync(() => Task.FromResult(++asked > 1), Cancel);
        while (!again.IsCompleted) clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.True(await again);
    }

    /// <summary>Advances by the due time of each timer as soon as it is set, so that no wait takes real time.</summary>
    private sealed class LeapingClock : FakeTimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Advance(dueTime);
            return timer;
        }
    }
}
