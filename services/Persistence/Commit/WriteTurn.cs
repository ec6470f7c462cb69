namespace Kener.Persistence;

/// <summary>
/// SQLite has one writer a file. Whoever waits here waits in turn and without holding a thread; waiting inside SQLite does neither.
/// PostgreSQL needs no turns.
/// </summary>
public sealed class WriteTurn<TDb> : IDisposable where TDb : ModuleDb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _free = new(1, 1);

    /// <summary>The turn, until what is returned is disposed; null where none is needed.</summary>
    internal async Task<IDisposable?> TakeAsync(TDb db, CancellationToken cancel)
    {
        if (db.IsPostgres) return null;
        if (!await _free.WaitAsync(Patience, cancel))
            throw new TimeoutException($"No turn to write to {typeof(TDb).Name} within {Patience.TotalSeconds} s");
        return new Turn(_free);
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
