using System.Threading.Channels;

namespace Kener.ServiceDefaults;

/// <summary>Wakes a background loop of this process. A signal while the loop is at work lets it go round once more; several are one.</summary>
public sealed class WakeSignal
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Wakes the loop.</summary>
    public void Wake() => _signals.Writer.TryWrite(true);

    /// <summary>Returns after a signal.</summary>
    public async Task WaitAsync(CancellationToken cancel) => await _signals.Reader.ReadAsync(cancel);

    /// <summary>Returns after a signal, or after that time.</summary>
    public Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancel) => WaitUntilAsync(clock.GetUtcNow() + atMost, clock, cancel);

    /// <summary>Returns after a signal, or at that instant.</summary>
    public async Task WaitUntilAsync(DateTimeOffset due, TimeProvider clock, CancellationToken cancel)
    {
        var left = due - clock.GetUtcNow();
        using var late = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
        // A clock that is put forward before the timer is set does not fire it.
        if (due <= clock.GetUtcNow()) return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            await WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The instant has come.
        }
    }
}
