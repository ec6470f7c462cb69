using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Ui;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Snapshots;

/// <summary>Draws a page and puts it on the board, with a version that tells newer facts from older ones.</summary>
internal sealed class Publisher(IServiceScopeFactory scopes, SnapshotBoard board, TimeProvider clock)
{
    /// <summary>The board's key of the page at that path.</summary>
    public static string KeyOf(string path) => "page:" + path;

    /// <summary>
    /// Draws by <paramref name="draw"/> and publishes; takes the page off the board, and gives null, where it draws nothing. Bytes that
    /// the page has already are not announced.
    /// </summary>
    public async Task<Snapshot?> PublishAsync(string path, Func<StatusDb, Task<RenderedPage?>> draw, CancellationToken cancel)
    {
        var key = KeyOf(path);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StatusDb>();
        while (true)
        {
            // The version is read before the facts: if nobody raised it meanwhile, these facts are no older than those of any page before.
            var known = await db.Pages.AsNoTracking().FirstOrDefaultAsync(row => row.Path == path, cancel);
            if (await draw(db) is not { } page)
            {
                board.Remove(key);
                return null;
            }
            var etag = Bytes.ETagOf(page);
            var version = known?.Version ?? 0;
            if (known?.Etag != etag)
            {
                // Never below the clock: pages of a database made anew must win over those that gateways still hold.
                var next = Math.Max(version + 1, clock.GetUtcNow().ToUnixTimeMilliseconds());
                if (!await RaiseAsync(scope, path, version, next, etag, cancel)) continue;
                version = next;
            }
            if (board.Find(key) is not { } shown || shown.Version < version)
                board.Publish(page.ToSnapshot(key, version, etag, clock.GetUtcNow().ToUnixTimeMilliseconds()));
            return board.Find(key);
        }
    }

    private static async Task<bool> RaiseAsync(AsyncServiceScope scope, string path, long from, long to, string etag, CancellationToken cancel)
    {
        var raised = false;
        await scope.ServiceProvider.GetRequiredService<Changes<StatusDb>>().ProjectAsync(
            async change => raised = await PageRow.RaiseAsync(change.Db, path, from, to, etag, cancel), cancel);
        return raised;
    }
}
