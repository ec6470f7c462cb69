using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Kener.ServiceDefaults.Snapshots;

/// <summary>Chooses a language by Accept-Language (RFC 9110, 12.5.4).</summary>
internal static class AcceptedLanguage
{
    // A browser sends about five; no browser sends a thousand.
    private const int Most = 20;

    /// <summary>Returns the offered language that the client prefers; null if it accepts none of them.</summary>
    public static string? BestOf(StringValues header, IReadOnlyList<string> offered)
    {
        if (!StringWithQualityHeaderValue.TryParseList(header, out var ranges)) return null;
        // The order is stable: among equals the first counts.
        return ranges.Take(Most).Where(range => range.Quality is not 0).OrderByDescending(range => range.Quality ?? 1)
            .Select(range => Match(range.Value, offered)).FirstOrDefault(language => language is not null);
    }

    /// <summary>Returns the offered language for a range: "de" and "de-AT" both match "de"; "pt" matches "pt-BR".</summary>
    private static string? Match(ReadOnlySpan<char> range, IReadOnlyList<string> offered)
    {
        foreach (var language in offered) if (range.Equals(language, StringComparison.OrdinalIgnoreCase)) return language;
        foreach (var language in offered) if (Primary(range).Equals(Primary(language), StringComparison.OrdinalIgnoreCase)) return language;
        return null;
    }

    private static ReadOnlySpan<char> Primary(ReadOnlySpan<char> tag) => tag.IndexOf('-') is >= 0 and var end ? tag[..end] : tag;
}
