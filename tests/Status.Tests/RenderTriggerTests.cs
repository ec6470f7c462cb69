using Kener.Status.Projections;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Status.Tests;

/// <summary>The rendering loop wakes up on a signal or at the given instant.</summary>
public sealed class RenderTriggerTests
{
    [Fact]
    public async Task A_clock_that_jumps_while_the_timer_is_armed_causes_no_missed_wake_up()
    {
        var clock = new HastyClock();
        var trigger = new RenderTrigger(clock);
        trigger.RenderSoon();
        var last = clock.GetUtcNow();
        foreach (var due in (DateTimeOffset[])[last + TimeSpan.FromDays(1), last + RenderTrigger.ResultsEvery])
            await trigger.WaitAsync(due, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal(last + RenderTrigger.ResultsEvery, clock.GetUtcNow());
    }

    [Fact]
    public async Task A_change_wakes_the_loop_at_once()
    {
        var clock = new FakeTimeProvider();
        var trigger = new RenderTrigger(clock);
        var waiting = trigger.WaitAsync(clock.GetUtcNow() + TimeSpan.FromDays(1), TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        trigger.Render();
        await waiting.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    /// <summary>Advances by a second just before its second timer is set. The first timer is abandoned: a pending signal ends that wait.</summary>
    private sealed class HastyClock : FakeTimeProvider
    {
        private int _timers;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (++_timers == 2) Advance(RenderTrigger.ResultsEvery);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
