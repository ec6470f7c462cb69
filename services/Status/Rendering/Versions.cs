using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Rendering;

/// <summary>
/// The versions of everything that pages are made of, by id, as of one moment. They are read before anything else: what is read later is at least
/// as new, and what has a known version need not be read. A property is the same object as before if none of its versions has changed.
/// </summary>
internal sealed class Versions
{
    private sealed record Row(string Kind, long Id, long Version);

    private Versions(IReadOnlyDictionary<string, PublishedVersion> drawn, IEnumerable<Row> rows, Versions? before)
    {
        var byKind = rows.ToLookup(row => row.Kind);
        Drawn = drawn;
        Site = Of("site", before?.Site);
        Pages = Of("page", before?.Pages);
        Monitors = Of("monitor", before?.Monitors);
        Histories = Of("history", before?.Histories);
        Incidents = Of("incident", before?.Incidents);

        IReadOnlyDictionary<long, long> Of(string kind, IReadOnlyDictionary<long, long>? known)
        {
            var read = byKind[kind].ToDictionary(row => row.Id, row => row.Version);
            return known?.Count == read.Count && read.All(pair => known.TryGetValue(pair.Key, out var version) && version == pair.Value) ? known : read;
        }
    }

    /// <summary>The version of the site, if it is known.</summary>
    public IReadOnlyDictionary<long, long> Site { get; }

    /// <summary>The versions of the site's pages.</summary>
    public IReadOnlyDictionary<long, long> Pages { get; }

    /// <summary>The versions of the monitors that are not deleted.</summary>
    public IReadOnlyDictionary<long, long> Monitors { get; }

    /// <summary>The versions of the histories, by monitor.</summary>
    public IReadOnlyDictionary<long, long> Histories { get; }

    /// <summary>The versions of the incidents that were requested.</summary>
    public IReadOnlyDictionary<long, long> Incidents { get; }

    /// <summary>The published versions of the status pages, by path.</summary>
    public IReadOnlyDictionary<string, PublishedVersion> Drawn { get; }

    /// <summary>
    /// Reads them all; of the incidents those that are open or ended no earlier than <paramref name="since"/>. <paramref name="before"/> is what was
    /// read last, if anything.
    /// </summary>
    public static async Task<Versions> ReadAsync(StatusDb db, long since, Versions? before, CancellationToken cancel)
    {
        // First: a page that another replica publishes in between is then newer than the version known here, and is not overwritten.
        var drawn = await PublishedVersion.OfKindAsync(db, PageKind.Status, cancel);
        var rows = await db.Database.SqlQuery<Row>(
            $"""
            SELECT 'site' AS "Kind", id AS "Id", version AS "Version" FROM site
            UNION ALL SELECT 'page', id, version FROM pages
            UNION ALL SELECT 'monitor', id, version FROM monitors WHERE NOT deleted
            UNION ALL SELECT 'history', monitor_id, version FROM histories
            UNION ALL SELECT 'incident', id, version FROM incidents WHERE NOT deleted AND ("end" IS NULL OR "end" >= {since})
            """).ToListAsync(cancel);
        return new Versions(drawn, rows, before);
    }
}
