namespace Kener.Status.Snapshots;

/// <summary>Wakes the rendering loop, and collects what has changed since it last ran. Equal changes count once.</summary>
internal sealed class PageBell(TimeProvider clock) : IDisposable
{
    /// <summary>Results that leave every status as it was are rendered at most this often.</summary>
    public static readonly TimeSpan ReadingsEvery = TimeSpan.FromSeconds(1);
    // A timer may fire late after the machine slept; checking once a minute costs nothing.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _gate = new();
    private Dictionary<PageChange, DrawCauses> _changes = [];
    private volatile bool _isWaiting;

    /// <summary>For tests: whether the loop has taken all changes, and is waiting.</summary>
    internal bool IsHeard
    {
        get
        {
            lock (_gate) return _isWaiting && _changes.Count == 0;
        }
    }

    /// <summary>Requests a rendering at once: a status, an incident or a monitor has changed.</summary>
    public void Ring() => Ring(PageChangeKind.Status);

    /// <summary>Requests a rendering within a second: results arrived that leave every present status as it was.</summary>
    public void RingSoon() => Ring(PageChangeKind.Readings);

    /// <summary>Records a change for the next wake-up.</summary>
    public void Note(PageChange change)
    {
        lock (_gate)
        {
            if (!_changes.TryGetValue(change, out var causes)) _changes[change] = causes = new DrawCauses();
            causes.Add();
        }
    }

    /// <summary>Wakes the loop, which renders what is due.</summary>
    public void Wake() => _wake.Release();

    /// <summary>Returns what has changed since the last call, and the traces that caused it.</summary>
    public IReadOnlyDictionary<PageChange, DrawCauses> Take()
    {
        lock (_gate)
        {
            var taken = _changes;
            if (taken.Count > 0) _changes = [];
            return taken;
        }
    }

    /// <summary>Waits for a signal or for the instant, at most a minute.</summary>
    public async Task WaitAsync(DateTimeOffset due, CancellationToken cancel)
    {
        var left = due - clock.GetUtcNow();
        using var late = new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left < Longest ? left : Longest, clock);
        // If the clock jumped past the instant before the timer was armed, the timer would fire too late.
        if (due <= clock.GetUtcNow()) return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            _isWaiting = true;
            await _wake.WaitAsync(either.Token);
            while (_wake.Wait(0, CancellationToken.None)) { }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Timed out without a signal: check what is due.
        }
        finally
        {
            _isWaiting = false;
        }
    }

    public void Dispose() => _wake.Dispose();

    private void Ring(PageChangeKind kind)
    {
        Note(new PageChange(kind));
        Wake();
    }
}
