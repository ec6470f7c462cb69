using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Ui;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Snapshots;

/// <summary>Puts pages on the board, with a version that tells newer facts from older ones.</summary>
internal sealed class Publisher(IServiceScopeFactory scopes, SnapshotBoard board, TimeProvider clock)
{
    /// <summary>The board's key of the page at that path, as those see it who chose nothing.</summary>
    public static string KeyOf(string path) => Variant.KeyOf(path, null);

    /// <summary>
    /// Draws by <paramref name="draw"/> and publishes; takes the page off the board, and gives null, where it draws nothing. Bytes that
    /// the page has already are not announced.
    /// </summary>
    public async Task<Snapshot?> PublishAsync(string path, Func<StatusDb, Task<RenderedPage?>> draw, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StatusDb>();
        while (true)
        {
            // The version is read before the facts: if nobody raised it meanwhile, these facts are no older than those of any page before.
            var known = await db.DrawnPages.AsNoTracking().FirstOrDefaultAsync(row => row.Path == path, cancel);
            if (await draw(db) is not { } page)
            {
                board.Remove(KeyOf(path));
                return null;
            }
            if (await TryPublishAsync(scope.ServiceProvider, path, known, page, cancel)) return board.Find(KeyOf(path));
        }
    }

    /// <summary>
    /// Publishes a page whose facts were read after <paramref name="known"/>; false where someone else has published it meanwhile, whose
    /// facts may be newer.
    /// </summary>
    public async Task<bool> TryPublishAsync(IServiceProvider scope, string path, DrawnRow? known, RenderedPage page, CancellationToken cancel)
    {
        var (key, etag, version) = (KeyOf(path), Bytes.ETagOf(page), known?.Version ?? 0);
        // While the disk takes the version.
        Task<byte[]>? packing = null;
        if (known?.Etag != etag)
        {
            // Never below the clock: pages of a database made anew must win over those that gateways still hold.
            var next = Math.Max(version + 1, NowMs);
            packing = Task.Run(page.Pack, CancellationToken.None);
            if (await scope.GetRequiredService<Changes<StatusDb>>().ProjectAsync(DrawnRow.Raise(path, version, next, etag), cancel) == 0) return false;
            version = next;
        }
        if (board.Find(key) is not { } shown || shown.Version < version)
            board.Publish(page.ToSnapshot(packing is null ? page.Pack() : await packing, key, version, etag, NowMs));
        return true;
    }

    /// <summary>
    /// Publishes what has no row of its own: a variant of a page, whose facts were read at <paramref name="readMs"/>. Of two processes that
    /// draw the same one the later reading wins.
    /// </summary>
    public Snapshot PublishVariant(string key, RenderedPage page, long readMs)
    {
        var etag = Bytes.ETagOf(page);
        while (true)
        {
            var shown = board.Find(key);
            if (shown?.ETag == etag) return shown;
            var snapshot = page.ToSnapshot(page.Pack(), key, Math.Max(readMs, (shown?.Version ?? 0) + 1), etag, NowMs);
            if (board.Publish(snapshot)) return snapshot;
        }
    }

    /// <summary>Tells the site to whoever serves its pages.</summary>
    public void Publish(PublishedSite site)
    {
        var shown = board.Find(PublishedSite.SnapshotKey);
        var snapshot = site.ToSnapshot(Math.Max(NowMs, (shown?.Version ?? 0) + 1), NowMs);
        if (shown is null || !shown.Body.AsSpan().SequenceEqual(snapshot.Body)) board.Publish(snapshot);
    }

    /// <summary>Forgets the version of a page that is no more, so that other processes see it go.</summary>
    public static Task ForgetAsync(IServiceProvider scope, string path, CancellationToken cancel) => scope.GetRequiredService<Changes<StatusDb>>()
        .ProjectAsync(change => change.Db.DrawnPages.Where(row => row.Path == path).ExecuteDeleteAsync(cancel), cancel);

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
