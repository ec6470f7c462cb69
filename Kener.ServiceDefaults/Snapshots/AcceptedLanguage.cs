using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Kener.ServiceDefaults;

/// <summary>Chooses a language by Accept-Language (RFC 9110, 12.5.4).</summary>
internal static class AcceptedLanguage
{
    // A browser sends five; whoever sends a thousand is no reader.
    private const int Most = 20;

    /// <summary>The language that the client likes best of those on offer; null where it likes none of them.</summary>
    public static string? BestOf(StringValues header, IReadOnlyList<string> offered)
    {
        if (!StringWithQualityHeaderValue.TryParseList(header, out var ranges)) return null;
        // Of equals the first counts: the order is stable.
        return ranges.Take(Most).Where(range => range.Quality is not 0).OrderByDescending(range => range.Quality ?? 1)
            .Select(range => Match(range.Value, offered)).FirstOrDefault(language => language is not null);
    }

    /// <summary>"de" and "de-AT" both find "de"; "pt" finds "pt-BR".</summary>
    private static string? Match(ReadOnlySpan<char> range, IReadOnlyList<string> offered)
    {
        foreach (var language in offered) if (range.Equals(language, StringComparison.OrdinalIgnoreCase)) return language;
        foreach (var language in offered) if (Primary(range).Equals(Primary(language), StringComparison.OrdinalIgnoreCase)) return language;
        return null;
    }

    private static ReadOnlySpan<char> Primary(ReadOnlySpan<char> tag) => tag.IndexOf('-') is >= 0 and var end ? tag[..end] : tag;
}
