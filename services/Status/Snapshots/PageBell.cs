namespace Kener.Status.Snapshots;

/// <summary>Wakes the loop that draws pages, and holds what has changed since it looked last. The same change many times is one.</summary>
internal sealed class PageBell(TimeProvider clock) : IDisposable
{
    /// <summary>Mere readings are drawn at most that often.</summary>
    public static readonly TimeSpan ReadingsEvery = TimeSpan.FromSeconds(1);
    // A timer may be late after the machine slept; looking once a minute costs nothing.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _gate = new();
    private Dictionary<PageChange, DrawCauses> _changes = [];
    private volatile bool _isWaiting;

    /// <summary>For tests: whether the loop has drawn for each ring, and waits.</summary>
    internal bool IsHeard
    {
        get
        {
            lock (_gate) return _isWaiting && _changes.Count == 0;
        }
    }

    /// <summary>A status, an incident or a monitor changed: draw at once.</summary>
    public void Ring() => Ring(PageChangeKind.Status);

    /// <summary>Readings came that leave the present as it was: draw within a second.</summary>
    public void RingSoon() => Ring(PageChangeKind.Readings);

    /// <summary>Keeps a change until the next wake-up.</summary>
    public void Note(PageChange change)
    {
        lock (_gate)
        {
            if (!_changes.TryGetValue(change, out var causes)) _changes[change] = causes = new DrawCauses();
            causes.Add();
        }
    }

    /// <summary>Wakes the loop, which looks for what is due.</summary>
    public void Wake() => _wake.Release();

    /// <summary>Returns what has changed since the last call, and the traces that led to it.</summary>
    public IReadOnlyDictionary<PageChange, DrawCauses> Take()
    {
        lock (_gate)
        {
            var taken = _changes;
            if (taken.Count > 0) _changes = [];
            return taken;
        }
    }

    /// <summary>Waits to be woken, or for that instant.</summary>
    public async Task WaitAsync(DateTimeOffset due, CancellationToken cancel)
    {
        var left = due - clock.GetUtcNow();
        using var late = new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left < Longest ? left : Longest, clock);
        // A clock that was put forward before the timer was set would not be heard.
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
            // The instant has come.
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
