using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Persistence.Tests;

/// <summary>Tests what background loops share: signals, retries and daily work.</summary>
public sealed class BackgroundLoopTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signals_before_the_wait_count_as_one_and_are_not_lost()
    {
        var (signal, clock) = (new WakeSignal(), new FakeTimeProvider());
        signal.Wake();
        signal.Wake();
        await signal.WaitAsync(Cancel).WaitAsync(Patience, Cancel);
        var next = signal.WaitAsync(TimeSpan.FromSeconds(1), clock, Cancel);
        Assert.False(next.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        await next.WaitAsync(Patience, Cancel);
    }

    [Fact]
    public async Task A_cancelled_wait_throws()
    {
        using var end = new CancellationTokenSource();
        var waiting = new WakeSignal().WaitAsync(TimeSpan.FromSeconds(1), new FakeTimeProvider(), end.Token);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience, Cancel));
    }

    [Fact]
    public async Task Work_is_retried_until_it_succeeds_and_an_unexpected_exception_is_thrown()
    {
        var (clock, tries) = (new FakeTimeProvider(), 0);
        var done = Retries.UntilDoneAsync(() => ++tries < 4 ? throw new TimeoutException() : Task.CompletedTask,
            (fault, failures) => fault is TimeoutException ? Retries.PauseAfter(failures, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3)) : null, clock, Cancel);
        await clock.TurnUntilAsync(() => Task.FromResult(done.IsCompleted));
        Assert.Equal(4, tries);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Retries.UntilDoneAsync(() => throw new InvalidOperationException(), (_, _) => null, clock, Cancel));
    }

    [Fact]
    public void The_pause_doubles_up_to_its_limit() => Assert.Equal(
        [1, 2, 4, 8, 10, 10],
        new[] { 1, 2, 3, 4, 5, int.MaxValue }.Select(failures => Retries.PauseAfter(failures, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)).TotalSeconds));

    [Fact]
    public async Task Daily_work_runs_each_day_at_its_time_even_after_a_failure()
    {
        var clock = new WatchedClock(TimeSpan.FromDays(1), new DateTimeOffset(2026, 1, 1, 0, 5, 0, TimeSpan.Zero));
        List<DateTimeOffset> runs = [];
        using var end = new CancellationTokenSource();
        var loop = Daily.RunAsync("The work", TimeSpan.FromMinutes(5), _ =>
        {
            runs.Add(clock.GetUtcNow());
            return runs.Count == 1 ? throw new InvalidOperationException() : Task.CompletedTask;
        }, clock, NullLogger.Instance, end.Token);
        foreach (var day in new[] { 2, 3 })
        {
            await Eventually.TrueAsync(() => Task.FromResult(clock.Waits == day - 1));
            clock.Advance(TimeSpan.FromDays(1));
            await Eventually.TrueAsync(() => Task.FromResult(runs.Count == day - 1));
            Assert.Equal(new DateTimeOffset(2026, 1, day, 0, 5, 0, TimeSpan.Zero), runs[^1]);
        }
        await end.CancelAsync();
        await loop.WaitAsync(Patience, Cancel);
    }
}
