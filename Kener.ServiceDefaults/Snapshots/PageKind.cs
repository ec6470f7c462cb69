namespace Kener.ServiceDefaults.Snapshots;

/// <summary>
/// A kind of public page: its paths and how it is served. The service that renders pages and the gateway that serves them from memory share this
/// list.
/// </summary>
public sealed class PageKind
{
    private const string IncidentPrefix = "/incidents/", FeedPath = "/rss.xml";
    private const int LongestSegment = 100, LongestId = 19;

    private PageKind(string name, Func<string, string?> pathOf, params string[] patterns) => (Name, PathOf, Patterns) = (name, pathOf, patterns);

    /// <summary>The path of the home page.</summary>
    public const string Home = "/";

    /// <summary>The content type of HTML pages.</summary>
    public const string Html = "text/html; charset=utf-8";

    /// <summary>The home page and the other status pages.</summary>
    public static PageKind Status { get; } = new("status", StatusPath, Home, "/{page}") { NotFound = "Page not found" };

    /// <summary>The page of one incident.</summary>
    public static PageKind Incident { get; } = new("incident", IncidentPath, IncidentPrefix + "{id}") { NotFound = "Incident not found", IsOnDemand = true };

    /// <summary>The RSS feed of the site.</summary>
    public static PageKind Feed { get; } = new("feed", address => address.TrimEnd('/').Equals(FeedPath, StringComparison.OrdinalIgnoreCase) ? FeedPath : null, FeedPath)
    {
        NotFound = "Feed not found",
        ContentType = "application/rss+xml; charset=utf-8",
        HasVariants = false,
        IsOnDemand = true,
    };

    /// <summary>All kinds. If a path could belong to two of them, the earlier one applies.</summary>
    public static IReadOnlyList<PageKind> All { get; } = [Incident, Feed, Status];

    /// <summary>The name under which its pages are stored.</summary>
    public string Name { get; }

    /// <summary>The patterns of its routes.</summary>
    public IReadOnlyList<string> Patterns { get; }

    /// <summary>HTTP's Content-Type.</summary>
    public string ContentType { get; private init; } = Html;

    /// <summary>Whether visitors can choose language, time zone and theme.</summary>
    public bool HasVariants { get; private init; } = true;

    /// <summary>Whether its pages are rendered only when a visitor requests them, and the least used ones are dropped.</summary>
    public bool IsOnDemand { get; private init; }

    /// <summary>The message if there is no such page.</summary>
    public required string NotFound { get; init; }

    /// <summary>Returns the path in the normalized spelling of keys; null if it is not of this kind.</summary>
    public Func<string, string?> PathOf { get; }

    private static string? StatusPath(string address)
    {
        if (address is "" or Home) return Home;
        var segment = address.AsSpan(1);
        if (segment is [.., '/']) segment = segment[..^1];
        if (address[0] != '/' || segment.Length is 0 or > LongestSegment) return null;
        foreach (var letter in segment) if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-')) return null;
        return $"/{segment}".ToLowerInvariant();
    }

    private static string? IncidentPath(string address)
    {
        if (!address.StartsWith(IncidentPrefix, StringComparison.OrdinalIgnoreCase)) return null;
        var id = address.AsSpan(IncidentPrefix.Length).TrimEnd('/').TrimStart('0');
        return id.IsEmpty || id.Length > LongestId || id.ContainsAnyExceptInRange('0', '9') ? null : $"{IncidentPrefix}{id}";
    }
}
