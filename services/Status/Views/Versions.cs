using System.Globalization;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Snapshots;
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
        Drawn,
    }

    /// <summary>All of a kind as one text, as there are many, and few of them are others than a moment ago.</summary>
    private sealed record Row(Kind Kind, string? Versions);

    private readonly Dictionary<Kind, string> _texts;

    private Versions(IEnumerable<Row> rows, Versions? before)
    {
        _texts = rows.ToDictionary(row => row.Kind, row => row.Versions ?? "");
        Monitors = Same(Kind.Monitor, before) ? before!.Monitors : ById(Kind.Monitor);
        Histories = Same(Kind.History, before) ? before!.Histories : ById(Kind.History);
        Incidents = Same(Kind.Incident, before) ? before!.Incidents : ById(Kind.Incident);
        Drawn = Lines(Kind.Drawn).ToDictionary(parts => parts[0], parts => new DrawnRow { Kind = PageKind.Status.Name, Path = parts[0], Version = Number(parts[1]), Etag = parts[2] });
    }

    /// <summary>The site's, and those of its pages.</summary>
    public string OfSite => $"{_texts[Kind.Site]}\n\n{_texts[Kind.Page]}";

    /// <summary>Those of the monitors that are there. The same object as before, where they are the same.</summary>
    public IReadOnlyDictionary<long, long> Monitors { get; }

    /// <summary>Those of the histories, by monitor. The same object as before, where they are the same.</summary>
    public IReadOnlyDictionary<long, long> Histories { get; }

    /// <summary>Those of the incidents that were asked for. The same object as before, where they are the same.</summary>
    public IReadOnlyDictionary<long, long> Incidents { get; }

    /// <summary>Those of the status pages' bytes, by path.</summary>
    public IReadOnlyDictionary<string, DrawnRow> Drawn { get; }

    /// <summary>
    /// All of them by one query; of the incidents those that are open or ended no earlier than <paramref name="since"/>. <paramref name="before"/>:
    /// what was read before, if anything.
    /// </summary>
    public static async Task<Versions> ReadAsync(StatusDb db, long since, Versions? before, CancellationToken cancel) => new(await db.Database.SqlQuery<Row>(
        $"""
        SELECT 0 AS "Kind", string_agg(id || ' ' || version, {Line}) AS "Versions" FROM site
        UNION ALL SELECT 1, string_agg(id || ' ' || version, {Line} ORDER BY id) FROM pages
        UNION ALL SELECT 2, string_agg(id || ' ' || version, {Line} ORDER BY id) FROM monitors WHERE NOT deleted
        UNION ALL SELECT 3, string_agg(monitor_id || ' ' || version, {Line} ORDER BY monitor_id) FROM histories
        UNION ALL SELECT 4, string_agg(id || ' ' || version, {Line} ORDER BY id) FROM incidents WHERE NOT deleted AND ("end" IS NULL OR "end" >= {since})
        UNION ALL SELECT 5, string_agg(path || ' ' || version || ' ' || etag, {Line} ORDER BY path) FROM drawn_pages WHERE kind = {PageKind.Status.Name}
        """).ToListAsync(cancel), before);

    private const string Line = "\n";

    private bool Same(Kind kind, Versions? before) => before?._texts[kind] == _texts[kind];

    private IEnumerable<string[]> Lines(Kind kind) => _texts[kind].Split(Line, StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '));

    private Dictionary<long, long> ById(Kind kind) => Lines(kind).ToDictionary(parts => Number(parts[0]), parts => Number(parts[1]));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
