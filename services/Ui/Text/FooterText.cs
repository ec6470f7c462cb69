using System.Net;
using Ganss.Xss;

namespace Kener.Ui.Text;

/// <summary>What an owner writes at a page's foot: HTML where it has tags, else Markdown. Only text, links and their emphasis come through.</summary>
internal static class FooterText
{
    private const int Longest = 10_000;
    private const int MostTags = 400;

    private static readonly HtmlSanitizer Sanitizer = Make();

    /// <summary>The text as HTML that may stand in any page.</summary>
    public static string Html(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return "";
        if (!text.Contains('<')) return Md.WithoutHeadings(text);
        // Tags nest, and what reads them does so too: nobody means so many.
        return text.Length > Longest || text.Count(c => c == '<') > MostTags
            ? $"<p>{WebUtility.HtmlEncode(text.Length > Longest ? text[..Longest] : text)}</p>"
            : Sanitizer.Sanitize(text.Replace("\0", "", StringComparison.Ordinal)).Trim();
    }

    private static HtmlSanitizer Make()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "p", "br", "strong", "b", "em", "i", "small", "span", "div", "ul", "ol", "li", "a", "hr" },
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "title", "lang" },
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto" },
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
        });
        sanitizer.KeepChildNodes = true;
        sanitizer.PostProcessNode += (_, e) =>
        {
            if (e.Node is AngleSharp.Html.Dom.IHtmlAnchorElement link && link.HasAttribute("href")) link.SetAttribute("rel", "noopener noreferrer");
        };
        // The words of a script or style are not words for readers.
        sanitizer.RemovingTag += (_, e) =>
        {
            if (e.Tag.LocalName is "script" or "style" or "template" or "noscript" or "iframe" or "object" or "title" or "textarea") e.Tag.InnerHtml = "";
        };
        return sanitizer;
    }
}
