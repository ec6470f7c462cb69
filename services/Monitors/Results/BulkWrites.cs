namespace Kener.Monitors;

/// <summary>
/// Keeps writes of many rows from crowding out results and heartbeats: they are made in parts, of which this process makes one at a time, so
/// at most one part is ahead of any other write. Both waits are in order of arrival and end with the request.
/// </summary>
internal sealed class BulkWrites : IDisposable
{
    private readonly SemaphoreSlim _alone = new(1, 1), _part = new(1, 1);

    /// <summary>Waits until no other long correction is under way; until what is returned is disposed, none begins.</summary>
    public Task<IDisposable> AloneAsync(CancellationToken cancel) => TakeAsync(_alone, cancel);

    /// <summary>Waits until no other part is being written; until what is returned is disposed, none begins.</summary>
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
