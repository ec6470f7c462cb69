using Kener.ServiceDefaults.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Database;

/// <summary>The version of a page's bytes, which outlives the process that rendered them.</summary>
internal sealed class PublishedVersion
{
    /// <summary>See <see cref="PageKind.Name"/>.</summary>
    public required string Kind { get; set; }
    /// <summary>The path of the page that visitors see if they chose nothing: "/", "/europe" or "/incidents/5".</summary>
    public required string Path { get; set; }
    /// <summary>Increases with each change of the bytes.</summary>
    public long Version { get; set; }
    /// <summary>The ETag of the newest bytes.</summary>
    public required string Etag { get; set; }

    /// <summary>Returns the rows of all pages of a kind, by path.</summary>
    public static Task<Dictionary<string, PublishedVersion>> OfKindAsync(StatusDb db, PageKind kind, CancellationToken cancel) =>
        db.DrawnPages.AsNoTracking().Where(row => row.Kind == kind.Name).ToDictionaryAsync(row => row.Path, cancel);

    /// <summary>Returns the row of one page, by its path; empty if it has none.</summary>
    public static Task<Dictionary<string, PublishedVersion>> OfPathAsync(StatusDb db, PageKind kind, string path, CancellationToken cancel) =>
        db.DrawnPages.AsNoTracking().Where(row => row.Kind == kind.Name && row.Path == path).ToDictionaryAsync(row => row.Path, cancel);

    /// <summary>
    /// Returns the statement that raises the version from <paramref name="from"/> (0: no row yet) to <paramref name="to"/>; it changes no row if
    /// another process has raised the version meanwhile.
    /// </summary>
    public static FormattableString Raise(PageKind kind, string path, long from, long to, string etag) =>
        $"""
        INSERT INTO drawn_pages (kind, path, version, etag) VALUES ({kind.Name}, {path}, {to}, {etag})
        ON CONFLICT (kind, path) DO UPDATE SET version = excluded.version, etag = excluded.etag WHERE drawn_pages.version = {from}
        """;
}
