using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults;

/// <summary>
/// What whoever serves pages must know of the site to find the right one: how those see it who chose nothing, what may be chosen, and which
/// pages there are. The body of the snapshot <see cref="SnapshotKey"/>.
/// </summary>
public sealed record PublishedSite(string Language, string Zone, string Theme, IReadOnlyList<string> Languages, bool OffersThemes, bool OffersZones)
{
    /// <summary>Its key on the board. It travels with the pages, and is none.</summary>
    public const string SnapshotKey = "page:site";
    private const int LongestWord = 200;
    /// <summary>The cookies of a visitor's choice.</summary>
    public const string LanguageCookie = "kener_lang", ZoneCookie = "kener_tz", ThemeCookie = "kener_theme";

    /// <summary>The paths of the pages, such as "/europe"; "/" among them.</summary>
    public IReadOnlySet<string> Pages { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The themes that there are.</summary>
    public static IReadOnlyList<string> Themes { get; } = ["system", "light", "dark"];

    /// <summary>English, UTC, the system's theme, and nothing to choose but theme and zone.</summary>
    public static PublishedSite Default { get; } = new("en", "UTC", "system", ["en"], true, true);

    /// <summary>As a snapshot for the board.</summary>
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

    /// <summary>As <see cref="From"/>; null where the snapshot does not hold a site by which pages can be found.</summary>
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

    /// <summary>Its words become headers and keys of the board.</summary>
    private bool IsUsable => IsWord(Language) && IsWord(Zone) && Themes.Contains(Theme) && Languages.Contains(Language) && Languages.All(IsWord)
        && Pages.All(page => page is ['/', ..] && page.Length <= LongestWord && page.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0);

    private static bool IsWord(string? word) => word is { Length: > 0 and <= LongestWord } && word.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;

    /// <summary>Who asks, by his cookies, and for the language also by what his browser says. What is not on offer is as if not said.</summary>
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

    /// <summary>Returns what the visitor chose, as far as pages of that kind have it.</summary>
    public Visitor VisitorOf(HttpRequest request, PageKind kind) => kind.HasVariants ? VisitorOf(request) : new Visitor(null, Plain, false);

    /// <summary>As those see it who chose nothing.</summary>
    private Variant Plain => new(Language, Zone, Theme);

    /// <summary>Whether a visitor can come to see that variant, other than by choosing nothing.</summary>
    public bool Offers(Variant variant) => variant != Plain
        && (variant.Language == Language || Languages.Count > 1 && Languages.Contains(variant.Language))
        && (variant.Zone == Zone || OffersZones) && (variant.Theme == Theme || OffersThemes);

    /// <summary>
    /// Returns the page to show while <paramref name="variant"/> is not to be had, and the language of its words: that in the site's own zone,
    /// else that of those who chose nothing; null where there is neither.
    /// </summary>
    public (Snapshot Page, string Language)? StandInFor(SnapshotBoard board, string path, Variant variant)
    {
        if (variant.Zone != Zone && board.Find(Variant.KeyOf(path, InOwnZone(variant))) is { } inOwnZone) return (inOwnZone, variant.Language);
        return board.Find(Variant.KeyOf(path, null)) is { } plain ? (plain, Language) : null;
    }

    /// <summary>Returns the variant in the site's own zone; null where that is the page of those who chose nothing.</summary>
    public Variant? InOwnZone(Variant variant) => variant with { Zone = Zone } is var inOwnZone && inOwnZone == Plain ? null : inOwnZone;

    private string? Offered(string? code) => Languages.FirstOrDefault(language => language.Equals(code, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Who asks for a page.</summary>
/// <param name="Variant">The variant that he is to see; null where it is that of those who chose nothing.</param>
/// <param name="Sees">The same, spelt out.</param>
/// <param name="ByCookie">Whether cookies said so: then the answer is for him alone.</param>
public readonly record struct Visitor(Variant? Variant, Variant Sees, bool ByCookie);
