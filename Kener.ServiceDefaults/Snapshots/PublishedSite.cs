using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults.Snapshots;

/// <summary>
/// What a process that serves pages needs to know of the site to find the right page: the default language, zone and theme, what visitors may choose,
/// and which pages exist. The content of the snapshot <see cref="SnapshotKey"/>.
/// </summary>
public sealed record PublishedSite(string Language, string Zone, string Theme, IReadOnlyList<string> Languages, bool OffersThemes, bool OffersZones)
{
    /// <summary>The key in the snapshot store. The snapshot travels with the pages, but is not one.</summary>
    public const string SnapshotKey = "page:site";
    private const int LongestWord = 200;
    /// <summary>The cookies that hold a visitor's choices.</summary>
    public const string LanguageCookie = "kener_lang", ZoneCookie = "kener_tz", ThemeCookie = "kener_theme";

    /// <summary>The paths of the pages, such as "/europe", including "/".</summary>
    public IReadOnlySet<string> Pages { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The available themes.</summary>
    public static IReadOnlyList<string> Themes { get; } = ["system", "light", "dark"];

    /// <summary>The defaults: English, UTC and the system's theme, with a choice of theme and zone only.</summary>
    public static PublishedSite Default { get; } = new("en", "UTC", "system", ["en"], true, true);

    /// <summary>Returns the site as a snapshot.</summary>
    public Snapshot ToSnapshot(long version, long madeMs)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("language", Language);
            json.WriteString("zone", Zone);
            json.WriteString("theme", Theme);
            json.WriteStartArray("languages");
            foreach (var language in Languages) json.WriteStringValue(language);
            json.WriteEndArray();
            json.WriteStartArray("pages");
            foreach (var page in Pages.Order(StringComparer.Ordinal)) json.WriteStringValue(page);
            json.WriteEndArray();
            json.WriteBoolean("themes", OffersThemes);
            json.WriteBoolean("zones", OffersZones);
            json.WriteEndObject();
        }
        return new Snapshot
        {
            Key = SnapshotKey,
            Version = version,
            ContentType = "application/json",
            ETag = $"\"{version}\"",
            Body = buffer.ToArray(),
            MadeMs = madeMs,
        };
    }

    /// <summary>Reads what <see cref="ToSnapshot"/> wrote.</summary>
    public static PublishedSite From(Snapshot snapshot)
    {
        using var document = JsonDocument.Parse(snapshot.Body);
        var root = document.RootElement;
        return new PublishedSite(
            root.GetProperty("language").GetString()!, root.GetProperty("zone").GetString()!, root.GetProperty("theme").GetString()!,
            [.. root.GetProperty("languages").EnumerateArray().Select(language => language.GetString()!)],
            root.GetProperty("themes").GetBoolean(), root.GetProperty("zones").GetBoolean())
        {
            Pages = root.GetProperty("pages").EnumerateArray().Select(page => page.GetString()!).ToFrozenSet(StringComparer.Ordinal),
        };
    }

    /// <summary>Reads like <see cref="From"/>; returns null if the snapshot does not contain a usable site.</summary>
    public static PublishedSite? TryFrom(Snapshot snapshot)
    {
        try
        {
            return From(snapshot) is var site && site.IsUsable ? site : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Whether its values are safe to use in headers and in keys of the snapshot store.</summary>
    private bool IsUsable => IsWord(Language) && IsWord(Zone) && Themes.Contains(Theme) && Languages.Contains(Language) && Languages.All(IsWord)
        && Pages.All(page => page is ['/', ..] && page.Length <= LongestWord && page.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0);

    private static bool IsWord(string? word) => word is { Length: > 0 and <= LongestWord } && word.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;

    /// <summary>
    /// Returns the visitor's choices from the cookies and, for the language, also from Accept-Language. Ignores what the site does not offer.
    /// </summary>
    public Visitor VisitorOf(HttpRequest request)
    {
        var cookies = request.Cookies;
        var language = Languages.Count > 1 ? Offered(cookies[LanguageCookie]) : null;
        var zone = OffersZones && cookies[ZoneCookie] is { } wanted && TimeZones.Find(wanted) is not null ? wanted : null;
        var theme = OffersThemes && cookies[ThemeCookie] is { } look && Themes.Contains(look) ? look : null;
        var byCookie = language is not null || zone is not null || theme is not null;
        if (Languages.Count > 1) language ??= AcceptedLanguage.BestOf(request.Headers.AcceptLanguage, Languages);
        var variant = new Variant(language ?? Language, zone ?? Zone, theme ?? Theme);
        return new Visitor(variant == Plain ? null : variant, variant, byCookie);
    }

    /// <summary>Returns the visitor's choices, as far as pages of the kind have variants.</summary>
    public Visitor VisitorOf(HttpRequest request, PageKind kind) => kind.HasVariants ? VisitorOf(request) : new Visitor(null, Plain, false);

    /// <summary>The variant of visitors who chose nothing.</summary>
    private Variant Plain => new(Language, Zone, Theme);

    /// <summary>Returns whether a visitor can choose the variant; false for the default one.</summary>
    public bool Offers(Variant variant) => variant != Plain
        && (variant.Language == Language || Languages.Count > 1 && Languages.Contains(variant.Language))
        && (variant.Zone == Zone || OffersZones) && (variant.Theme == Theme || OffersThemes);

    /// <summary>
    /// Returns the page to show while <paramref name="variant"/> is not available, and its language: the variant in the site's own zone, else the
    /// default one; null if there is neither.
    /// </summary>
    public (Snapshot Page, string Language)? StandInFor(SnapshotStore board, string path, Variant variant)
    {
        if (variant.Zone != Zone && board.Find(Variant.KeyOf(path, InOwnZone(variant))) is { } inOwnZone) return (inOwnZone, variant.Language);
        return board.Find(Variant.KeyOf(path, null)) is { } plain ? (plain, Language) : null;
    }

    /// <summary>Returns the variant in the site's own zone; null if that is the default one.</summary>
    public Variant? InOwnZone(Variant variant) => variant with { Zone = Zone } is var inOwnZone && inOwnZone == Plain ? null : inOwnZone;

    private string? Offered(string? code) => Languages.FirstOrDefault(language => language.Equals(code, StringComparison.OrdinalIgnoreCase));
}

/// <summary>The choices of a visitor who requests a page.</summary>
/// <param name="Variant">The variant to show; null for the default one.</param>
/// <param name="Sees">The variant to show, never null.</param>
/// <param name="ByCookie">Whether it comes from cookies: the response is then for this visitor alone.</param>
public readonly record struct Visitor(Variant? Variant, Variant Sees, bool ByCookie);
