using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Snapshots;

/// <summary>The version of a page's bytes, which outlives the process that made them.</summary>
internal sealed class PageRow
{
    /// <summary>"/" or "/incidents/5".</summary>
    public required string Path { get; set; }
    /// <summary>Grows with each change of the bytes.</summary>
    public long Version { get; set; }
    /// <summary>That of the newest bytes.</summary>
    public required string Etag { get; set; }

    /// <summary>
    /// Raises the version from <paramref name="from"/> (0: not yet there) to <paramref name="to"/>; false if someone else has raised it meanwhile.
    /// </summary>
    public static async Task<bool> RaiseAsync(StatusDb db, string path, long from, long to, string etag, CancellationToken cancel) =>
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO pages (path, version, etag) VALUES ({path}, {to}, {etag})
            ON CONFLICT (path) DO UPDATE SET version = excluded.version, etag = excluded.etag WHERE pages.version = {from}
            """, cancel) > 0;
}
