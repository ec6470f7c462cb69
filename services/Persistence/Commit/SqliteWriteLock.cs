namespace Kener.Persistence.Commit;

/// <summary>
/// The write lock of an SQLite file, which has one writer at a time. Waiting here is in order of arrival and blocks no thread; waiting inside
/// SQLite is neither. PostgreSQL needs no such lock.
/// </summary>
public sealed class SqliteWriteLock<TDb> : IDisposable where TDb : ModuleDb
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _free = new(1, 1);

    /// <summary>Takes the lock until the result is disposed; returns null for PostgreSQL. Throws if it is not free within ten seconds.</summary>
    internal async Task<IDisposable?> TakeAsync(TDb db, CancellationToken cancel)
    {
        if (db.IsPostgres) return null;
        if (!await _free.WaitAsync(Patience, cancel))
            throw new TimeoutException($"The write lock of {typeof(TDb).Name} was not free within {Patience.TotalSeconds} s");
        return new Turn(_free);
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private sealed class Turn(SemaphoreSlim free) : IDisposable
    {
        public void Dispose() => free.Release();
    }
}
