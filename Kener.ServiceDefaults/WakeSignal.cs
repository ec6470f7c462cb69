using System.Threading.Channels;

namespace Kener.ServiceDefaults;

/// <summary>
/// Wakes a background loop of this process. A signal while the loop is busy makes it run once more; several such signals count as one.
/// </summary>
public sealed class WakeSignal
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Wakes the loop.</summary>
    public void Wake() => _signals.Writer.TryWrite(true);

    /// <summary>Waits for a signal.</summary>
    public async Task WaitAsync(CancellationToken cancel) => await _signals.Reader.ReadAsync(cancel);

    /// <summary>Waits for a signal, at most for this time.</summary>
    public Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancel) => WaitUntilAsync(clock.GetUtcNow() + atMost, clock, cancel);

    /// <summary>Waits for a signal, at most until the instant.</summary>
    public async Task WaitUntilAsync(DateTimeOffset due, TimeProvider clock, CancellationToken cancel)
    {
        var left = due - clock.GetUtcNow();
        using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
        // If the clock is set forward before the timer is armed, the timer does not fire in time.
        if (due <= clock.GetUtcNow()) return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            await WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Timed out without a signal.
        }
    }
}
