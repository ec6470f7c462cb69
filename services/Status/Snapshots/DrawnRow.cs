using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Snapshots;

/// <summary>The version of a page's bytes, which outlives the process that made them.</summary>
internal sealed class DrawnRow
{
    /// <summary>How the paths of incidents' pages begin, which are no status pages.</summary>
    public const string OfIncidents = "/incidents/";

    /// <summary>The address of the page as those see it who chose nothing: "/", "/europe" or "/incidents/5".</summary>
    public required string Path { get; set; }
    /// <summary>Grows with each change of the bytes.</summary>
    public long Version { get; set; }
    /// <summary>That of the newest bytes.</summary>
    public required string Etag { get; set; }

    /// <summary>Those of status pages, by path.</summary>
    public static Task<Dictionary<string, DrawnRow>> OfPagesAsync(StatusDb db, CancellationToken cancel) =>
        db.DrawnPages.AsNoTracking().Where(row => !row.Path.StartsWith(OfIncidents)).ToDictionaryAsync(row => row.Path, cancel);

    /// <summary>
    /// The statement that raises the version from <paramref name="from"/> (0: not yet there) to <paramref name="to"/>; it changes no row if
    /// someone else has raised it meanwhile.
    /// </summary>
    public static FormattableString Raise(string path, long from, long to, string etag) =>
        $"""
        INSERT INTO drawn_pages (path, version, etag) VALUES ({path}, {to}, {etag})
        ON CONFLICT (path) DO UPDATE SET version = excluded.version, etag = excluded.etag WHERE drawn_pages.version = {from}
        """;
}
