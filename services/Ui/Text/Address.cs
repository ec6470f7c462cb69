using Kener.Contracts;

namespace Kener.Ui.Text;

/// <summary>Which of the addresses that people type may stand in a page.</summary>
internal static class Address
{
    private const int Longest = MarkdownBounds.MaxAddress;
    private const int LongestInline = 4096;

    /// <summary>Whether a link may lead there: http, https, mailto, tel, a path of this site or a place in the page.</summary>
    public static bool IsLink(string? url) => IsOwn(url) || SchemeOf(url) is "http" or "https" or "mailto" or "tel";

    /// <summary>Whether a link leads to this site: a path of it, or a place in the page.</summary>
    public static bool IsOwn(string? url) => IsPath(url) || url is ['#', ..] && IsClean(url) && url.Length <= Longest;

    /// <summary>Whether an image may come from there: http, https, a path of this site, or a small one that is in the address itself.</summary>
    public static bool IsImage(string? url) =>
        IsPath(url) || SchemeOf(url) is "http" or "https"
        || url is not null && url.StartsWith("data:image/", StringComparison.Ordinal) && url.Length <= LongestInline && IsClean(url);

    /// <summary>Whether what is there can be drawn without asking anybody else: a path of this site, a place in the page, an image in the address itself.</summary>
    public static bool IsOwnImage(string url) =>
        IsPath(url) || url is ['#', ..] && IsClean(url) || url.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The address as another site needs it for a policy, such as https://cdn.example; null for what is this site's own.</summary>
    public static string? OriginOf(string? url) =>
        SchemeOf(url) is "http" or "https" && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.IdnHost.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')
            ? uri.IsDefaultPort ? $"{uri.Scheme}://{uri.IdnHost}" : $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}"
            : null;

    private static bool IsPath(string? url) => url is ['/', ..] && !url.StartsWith("//", StringComparison.Ordinal) && IsClean(url) && url.Length <= Longest;

    private static string? SchemeOf(string? url) =>
        url is { Length: <= Longest } && IsClean(url) && Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri.Scheme : null;

    // Browsers drop some of these and read others as slashes: what is left might be another address.
    private static bool IsClean(string url) => !url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '\\');
}
