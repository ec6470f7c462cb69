using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Kener.ServiceDefaults;

/// <summary>Accept-Language (RFC 9110, 12.5.4).</summary>
internal static class AcceptedLanguage
{
    // A browser sends five; whoever sends a thousand is no reader.
    private const int Most = 20;

    /// <summary>The language that the client likes best of those on offer; null where it likes none of them.</summary>
    public static string? BestOf(StringValues header, IReadOnlyList<string> offered)
    {
        (string? Language, double Weight) best = (null, 0);
        foreach (var part in header.ToString().Split(',', Most + 1, StringSplitOptions.TrimEntries).Take(Most))
        {
            var weight = 1.0;
            var range = part.AsSpan();
            if (part.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end)
            {
                var parameter = range[(end + 1)..].Trim();
                range = range[..end].Trim();
                weight = parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
                    && double.TryParse(parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given) ? given : 0;
            }
            // Of equals the first counts.
            if (weight > best.Weight && Match(range, offered) is { } language) best = (language, weight);
        }
        return best.Language;
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
