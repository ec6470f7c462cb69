using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Views;

/// <summary>
/// The versions of all that pages are made of, by id, as of one moment. Read before anything else: what is read after is no older, and what has
/// the version that is known need not be read.
/// </summary>
internal sealed class Versions
{
    private enum Kind
    {
        Site,
        Page,
        Monitor,
        History,
        Incident,
    }

    private sealed record Row(Kind Kind, long Id, long Version);

    private readonly ILookup<Kind, Row> _rows;

    private Versions(IEnumerable<Row> rows) => _rows = rows.ToLookup(row => row.Kind);

    /// <summary>The site's, and those of its pages.</summary>
    public string OfSite => string.Join(' ', _rows[Kind.Site].Concat(_rows[Kind.Page].OrderBy(row => row.Id)).Select(row => $"{row.Id}/{row.Version}"));

    /// <summary>Those of the monitors that are there.</summary>
    public IReadOnlyDictionary<long, long> Monitors => Of(Kind.Monitor);

    /// <summary>Those of the histories, by monitor.</summary>
    public IReadOnlyDictionary<long, long> Histories => Of(Kind.History);

    /// <summary>Those of the incidents that were asked for.</summary>
    public IReadOnlyDictionary<long, long> Incidents => Of(Kind.Incident);

    /// <summary>All of them by one query; of the incidents those that are open or ended no earlier than <paramref name="since"/>.</summary>
    public static async Task<Versions> ReadAsync(StatusDb db, long since, CancellationToken cancel) => new(await db.Database.SqlQuery<Row>(
        $"""
        SELECT 0 AS "Kind", id AS "Id", version AS "Version" FROM site
        UNION ALL SELECT 1, id, version FROM pages
        UNION ALL SELECT 2, id, version FROM monitors WHERE NOT deleted
        UNION ALL SELECT 3, monitor_id, version FROM histories
        UNION ALL SELECT 4, id, version FROM incidents WHERE NOT deleted AND ("end" IS NULL OR "end" >= {since})
        """).ToListAsync(cancel));

    private Dictionary<long, long> Of(Kind kind) => _rows[kind].ToDictionary(row => row.Id, row => row.Version);
}
