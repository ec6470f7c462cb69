using Kener.ServiceDefaults;

namespace Kener.Status.Projections;

/// <summary>Wakes the rendering loop, and collects what has changed since it last ran. Equal changes count once.</summary>
internal sealed class RenderTrigger(TimeProvider clock)
{
    /// <summary>Results that leave every status as it was are rendered at most this often.</summary>
    public static readonly TimeSpan ResultsEvery = TimeSpan.FromSeconds(1);
    // A timer may fire late after the machine slept; checking once a minute costs nothing.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private readonly WakeSignal _signal = new();
    private readonly Lock _gate = new();
    private Dictionary<PageChange, RenderCauses> _changes = [];
    private List<TaskCompletionSource> _waiting = [];
    private volatile bool _isWaiting;

    /// <summary>For tests: whether the loop has taken all changes, and is waiting.</summary>
    internal bool IsIdle
    {
        get
        {
            lock (_gate) return _isWaiting && _changes.Count == 0;
        }
    }

    /// <summary>Requests a rendering at once, after a change of a status, an incident or a monitor.</summary>
    public void Render() => Render(PageChangeKind.Status);

    /// <summary>
    /// Requests a rendering of what an operator has just changed, and waits for it, so that the change is visible when the response arrives. The
    /// change itself is committed: if rendering fails now, the loop tries again.
    /// </summary>
    public async Task RenderNowAsync()
    {
        var rendered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _waiting.Add(rendered);
        Render();
        await rendered.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Requests a rendering within a second, after results that leave every present status as it was.</summary>
    public void RenderSoon() => Render(PageChangeKind.Results);

    /// <summary>Records a change for the next wake-up.</summary>
    public void Note(PageChange change)
    {
        lock (_gate)
        {
            if (!_changes.TryGetValue(change, out var causes)) _changes[change] = causes = new RenderCauses();
            causes.Add();
        }
    }

    /// <summary>Wakes the loop, which renders what is due.</summary>
    public void Wake() => _signal.Wake();

    /// <summary>Returns what has changed since the last call, and the traces that caused it.</summary>
    public IReadOnlyDictionary<PageChange, RenderCauses> Take()
    {
        lock (_gate)
        {
            var taken = _changes;
            if (taken.Count > 0) _changes = [];
            return taken;
        }
    }

    /// <summary>Returns the requests that wait for a rendering since the last call.</summary>
    public IReadOnlyList<TaskCompletionSource> TakeWaiting()
    {
        lock (_gate)
        {
            var taken = _waiting;
            if (taken.Count > 0) _waiting = [];
            return taken;
        }
    }

    /// <summary>Waits for a signal or for the instant, at most a minute.</summary>
    public async Task WaitAsync(DateTimeOffset due, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (due <= now) return;
        try
        {
            _isWaiting = true;
            await _signal.WaitUntilAsync(due - now < Longest ? due : now + Longest, clock, cancel);
        }
        finally
        {
            _isWaiting = false;
        }
    }

    private void Render(PageChangeKind kind)
    {
        Note(new PageChange(kind));
        Wake();
    }
}
