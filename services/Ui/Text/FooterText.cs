using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ganss.Xss;
using Kener.Contracts;

namespace Kener.Ui.Text;

/// <summary>Renders the owner's footer, as HTML if it has tags, else as Markdown. Keeps only text, links and their emphasis.</summary>
public static class FooterText
{
    private const string Ids = "foot";
    private const int MaxTags = 400;

    private static readonly HtmlSanitizer Sanitizer = Make();

    // A cache of one: every page of a site has the same footer.
    private static Known? _known;

    private sealed record Known(string Text, string? Html);

    /// <summary>Returns the text as HTML that is safe in any page; text beyond the limits is shown as code.</summary>
    public static string Html(string? text) =>
        string.IsNullOrWhiteSpace(text) ? ""
        : !text.Contains('<') ? Md.WithoutHeadings(text, Ids)
        : Sanitized(text) ?? $"<pre dir=\"auto\"><code>{WebUtility.HtmlEncode(MarkdownBounds.Clean(text))}</code></pre>";

    /// <summary>Returns the limit that a text exceeds, worded to follow "must not have"; null if it exceeds none.</summary>
    public static string? Exceeded(string text)
    {
        if (!text.Contains('<')) return MarkdownBounds.Exceeded(text);
        return text.Length > MarkdownBounds.MaxLength ? $"more than {MarkdownBounds.MaxLength} characters"
            : HasTooManyTags(text) ? $"more than {MaxTags} tags"
            : Sanitized(text) is null ? $"unclosed tags that make more than {MarkdownBounds.MaxHtml(text.Length)} characters of HTML"
            : null;
    }

    /// <summary>Returns the sanitized HTML; null for text beyond the limits.</summary>
    private static string? Sanitized(string text)
    {
        if (text.Length > MarkdownBounds.MaxLength || HasTooManyTags(text)) return null;
        if (_known is { } known && known.Text == text) return known.Html;
        var html = Sanitizer.Sanitize(text.Replace("\0", "", StringComparison.Ordinal)).Trim();
        // Unclosed tags are repeated in each block that follows.
        var kept = html.Length <= MarkdownBounds.MaxHtml(text.Length) ? html : null;
        _known = new Known(text, kept);
        return kept;
    }

    // Nested tags make the parser recurse; no real footer has this many.
    private static bool HasTooManyTags(string text) => text.AsSpan().Count('<') > MaxTags;

    private static HtmlSanitizer Make()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "p", "br", "strong", "b", "em", "i", "small", "span", "bdi", "div", "ul", "ol", "li", "a", "hr" },
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "title", "lang", "dir" },
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto", "tel" },
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
        });
        sanitizer.KeepChildNodes = true;
        sanitizer.FilterUrl += (_, e) => e.SanitizedUrl = Address.IsLink(e.OriginalUrl) ? e.SanitizedUrl : null;
        sanitizer.PostProcessNode += (_, e) =>
        {
            if (e.Node is IHtmlAnchorElement link && link.HasAttribute("href")) link.SetAttribute("rel", "noopener noreferrer");
            else if (e.Node is IElement { LocalName: "p" or "li" or "div" } block && !block.HasAttribute("dir")) block.SetAttribute("dir", "auto");
        };
        // The content of a script or style is not text for visitors.
        sanitizer.RemovingTag += (_, e) =>
        {
            if (e.Tag.LocalName is "script" or "style" or "template" or "noscript" or "iframe" or "object" or "title" or "textarea") e.Tag.InnerHtml = "";
        };
        return sanitizer;
    }
}
