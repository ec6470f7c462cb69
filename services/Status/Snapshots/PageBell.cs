namespace Kener.Status.Snapshots;

/// <summary>Tells the pages' loop that something was committed. Many rings before an answer are one.</summary>
internal sealed class PageBell(TimeProvider clock) : IDisposable
{
    /// <summary>Mere readings are drawn at most that often.</summary>
    public static readonly TimeSpan ReadingsEvery = TimeSpan.FromSeconds(1);
    // A timer may be late after the machine slept; looking once a minute costs nothing.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _wake = new(0);
    private int _now, _soon;
    private volatile bool _isWaiting;

    /// <summary>For tests: whether the loop has drawn for each <see cref="Ring"/>, and waits.</summary>
    internal bool IsHeard => _isWaiting && Volatile.Read(ref _now) == 0;

    /// <summary>What rang.</summary>
    public DrawCauses Causes { get; } = new();

    /// <summary>A status, an incident or a monitor changed: draw at once.</summary>
    public void Ring()
    {
        Causes.Add();
        Interlocked.Exchange(ref _now, 1);
        _wake.Release();
    }

    /// <summary>Readings came that leave the present as it was: draw within a second.</summary>
    public void RingSoon()
    {
        Causes.Add();
        Interlocked.Exchange(ref _soon, 1);
        _wake.Release();
    }

    /// <summary>Waits for a ring or for <paramref name="next"/>; <paramref name="last"/> is when the page was drawn last.</summary>
    public async Task WaitAsync(DateTimeOffset last, DateTimeOffset next, CancellationToken cancel)
    {
        while (true)
        {
            if (Interlocked.Exchange(ref _now, 0) == 1)
            {
                Interlocked.Exchange(ref _soon, 0);
                return;
            }
            var soon = last + ReadingsEvery;
            var due = Volatile.Read(ref _soon) == 1 && soon < next ? soon : next;
            if (due <= clock.GetUtcNow())
            {
                Interlocked.Exchange(ref _soon, 0);
                return;
            }
            await WakeAsync(due, cancel);
        }
    }

    public void Dispose() => _wake.Dispose();

    private async Task WakeAsync(DateTimeOffset due, CancellationToken cancel)
    {
        var left = due - clock.GetUtcNow();
        using var late = new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left < Longest ? left : Longest, clock);
        // A clock that was put forward before it was set would not be heard.
        if (due <= clock.GetUtcNow()) return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            _isWaiting = true;
            await _wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Nobody rang: it is the clock's turn.
        }
        finally
        {
            _isWaiting = false;
        }
    }
}
