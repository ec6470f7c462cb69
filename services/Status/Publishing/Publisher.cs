using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Ui;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Publishing;

/// <summary>Publishes pages as snapshots, with a version that distinguishes newer facts from older ones.</summary>
internal sealed class Publisher(SnapshotStore board, TimeProvider clock)
{
    /// <summary>Returns the snapshot's key of the page at the path, for visitors who chose nothing.</summary>
    public static string KeyOf(string path) => Variant.KeyOf(path, null);

    /// <summary>
    /// Publishes a page whose facts were read after <paramref name="known"/> and at <paramref name="readMs"/>; false if another process has
    /// published it meanwhile, whose facts may be newer. Unchanged bytes are not published again.
    /// </summary>
    public async Task<bool> TryPublishAsync(IServiceProvider scope, StoredPage stored, PublishedVersion? known, RenderedPage page, long readMs, CancellationToken cancel)
    {
        var (kind, key) = (stored.Definition.Kind, stored.Key);
        if (stored.Variant is not null)
        {
            PublishVariant(key, page, readMs);
            return true;
        }
        var (etag, version) = (Bytes.ETagOf(page), known?.Version ?? 0);
        // Runs while the database stores the version.
        Task<byte[]>? packing = null;
        if (known?.Etag != etag)
        {
            // Never below the clock: pages of a new database must win over those that gateways still have.
            var next = Math.Max(version + 1, NowMs);
            packing = Task.Run(page.Pack, CancellationToken.None);
            if (await scope.GetRequiredService<Changes<StatusDb>>().ProjectAsync(PublishedVersion.Raise(kind, stored.Path, version, next, etag), cancel) == 0) return false;
            version = next;
        }
        if (board.Find(key) is not { } shown || shown.Version < version)
            board.Publish(page.ToSnapshot(packing is null ? page.Pack() : await packing, key, version, etag, NowMs, kind.ContentType));
        return true;
    }

    /// <summary>
    /// Publishes a page that has no row in the database, such as a variant, whose facts were read at <paramref name="readMs"/>. If two processes
    /// render the same one, the later read wins.
    /// </summary>
    public void PublishVariant(string key, RenderedPage page, long readMs)
    {
        var etag = Bytes.ETagOf(page);
        while (true)
        {
            var shown = board.Find(key);
            if (shown?.ETag == etag) return;
            var snapshot = page.ToSnapshot(page.Pack(), key, Math.Max(readMs, (shown?.Version ?? 0) + 1), etag, NowMs);
            if (board.Publish(snapshot)) return;
        }
    }

    /// <summary>Publishes what is needed to serve the pages of the site, if it has changed.</summary>
    public void Publish(PublishedSite site)
    {
        var shown = board.Find(PublishedSite.SnapshotKey);
        var snapshot = site.ToSnapshot(Math.Max(NowMs, (shown?.Version ?? 0) + 1), NowMs);
        if (shown is null || !shown.Body.AsSpan().SequenceEqual(snapshot.Body)) board.Publish(snapshot);
    }

    /// <summary>Deletes the version of a page that no longer exists, so that other processes notice.</summary>
    public static Task ForgetAsync(IServiceProvider scope, PublishedVersion gone, CancellationToken cancel) => scope.GetRequiredService<Changes<StatusDb>>()
        .ProjectAsync(change => change.Db.DrawnPages.Where(row => row.Kind == gone.Kind && row.Path == gone.Path).ExecuteDeleteAsync(cancel), cancel);

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();
}
