namespace Kener.Monitors.Results;

/// <summary>
/// Keeps writes of many rows from delaying results and pings: they are split into parts, and this process writes one part at a time, so any other
/// write waits for at most one part. Both locks are granted in order of arrival; canceling the request ends the wait.
/// </summary>
internal sealed class BulkWrites : IDisposable
{
    private readonly SemaphoreSlim _alone = new(1, 1), _part = new(1, 1);

    /// <summary>Waits until no other long correction is running. None can start until the returned lock is disposed.</summary>
    public Task<IDisposable> AloneAsync(CancellationToken cancel) => TakeAsync(_alone, cancel);

    /// <summary>Waits until no other part is being written. None can start until the returned lock is disposed.</summary>
    public Task<IDisposable> PartAsync(CancellationToken cancel) => TakeAsync(_part, cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        _alone.Dispose();
        _part.Dispose();
    }

    private static async Task<IDisposable> TakeAsync(SemaphoreSlim free, CancellationToken cancel)
    {
        await free.WaitAsync(cancel);
        return new Taken(free);
    }

    private sealed class Taken(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
