using Kener.Contracts;

namespace Kener.Ui.Text;

/// <summary>Decides which URLs that users enter may be used in a page.</summary>
internal static class Address
{
    private const int Longest = MarkdownBounds.MaxAddress;
    private const int LongestInline = 4096;

    /// <summary>Whether a link may lead there: http, https, mailto, tel, a path of this site, or a fragment of the page.</summary>
    public static bool IsLink(string? url) => IsOwn(url) || SchemeOf(url) is "http" or "https" or "mailto" or "tel";

    /// <summary>Whether a link leads to this site: a path of it, or a fragment of the page.</summary>
    public static bool IsOwn(string? url) => IsPath(url) || url is ['#', ..] && IsClean(url) && url.Length <= Longest;

    /// <summary>Whether an image may be loaded from there: http, https, a path of this site, or a small data URL.</summary>
    public static bool IsImage(string? url) =>
        IsPath(url) || SchemeOf(url) is "http" or "https"
        || url is not null && url.StartsWith("data:image/", StringComparison.Ordinal) && url.Length <= LongestInline && IsClean(url);

    /// <summary>Whether an image needs no request to another site: a path of this site, a fragment of the page, or a data URL.</summary>
    public static bool IsOwnImage(string url) =>
        IsPath(url) || url is ['#', ..] && IsClean(url) || url.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Returns the origin for a content security policy, such as https://cdn.example; null for URLs of this site and those without an origin.
    /// </summary>
    public static string? OriginOf(string? url) =>
        SchemeOf(url) is "http" or "https" && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IdnHost.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
            ? uri.IsDefaultPort ? $"{uri.Scheme}://{uri.IdnHost}" : $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}"
            : null;

    private static bool IsPath(string? url) => url is ['/', ..] && !url.StartsWith("//", StringComparison.Ordinal) && IsClean(url) && url.Length <= Longest;

    private static string? SchemeOf(string? url) =>
        url is { Length: <= Longest } && IsClean(url) && Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Scheme : null;

    // Browsers drop some of these characters and read others as slashes, so the browser would see a different URL.
    private static bool IsClean(string url) => !url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '\\');
}
