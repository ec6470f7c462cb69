using System.Collections.Concurrent;
using System.Net;
using Ganss.Xss;
using Kener.Contracts;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Renderers;

namespace Kener.Ui.Text;

/// <summary>
/// Renders users' Markdown as HTML that is safe in any page. There are two barriers: raw HTML is never parsed and the tree is made safe before it is
/// rendered (MdTree); then a sanitizer keeps only the elements and attributes that are listed in this file.
/// </summary>
public static class Md
{
    private const int CachedTexts = 128;
    private const int LongestCached = 60_000;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseAutoLinks()
        .UseTaskLists()
        .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
        .UseAlertBlocks()
        .UseFootnotes()
        .UseSoftlineBreakAsHardlineBreak()
        .Build();

    private static readonly HtmlSanitizer Sanitizer = MakeSanitizer();

    private static readonly ConcurrentDictionary<(string Text, string Ids, bool HasHeadings), string> Cache = new();

    /// <summary>
    /// Returns the text as HTML; text beyond <see cref="MarkdownBounds"/> is shown as code. Headings start at h4. Never throws and never takes long,
    /// whatever the text.
    /// </summary>
    /// <param name="markdown">The text.</param>
    /// <param name="ids">Prefix of the ids of headings and footnotes. It must be unique among the texts of a page.</param>
    public static string Html(string? markdown, string ids) => Html(markdown, ids, hasHeadings: true);

    /// <summary>Returns the text as HTML for a place where headings do not fit: they become strong paragraphs.</summary>
    /// <param name="markdown">The text.</param>
    /// <param name="ids">Prefix of the ids of headings and footnotes. It must be unique among the texts of a page.</param>
    public static string WithoutHeadings(string? markdown, string ids) => Html(markdown, ids, hasHeadings: false);

    /// <summary>Returns the text without markup, in one line of at most <paramref name="most"/> characters. The result is not HTML-encoded.</summary>
    public static string Plain(string? markdown, int most)
    {
        if (string.IsNullOrWhiteSpace(markdown)) return "";
        var text = MarkdownBounds.Clean(markdown.Length > MarkdownBounds.MaxLength ? markdown[..MarkdownBounds.MaxLength] : markdown);
        if (MarkdownBounds.Exceeded(text) is null)
        {
            try
            {
                text = MdText.Of(Markdown.Parse(text, Pipeline));
            }
            catch (ArgumentException)
            {
                // Nested deeper than Markdig parses: use the text as it was typed.
            }
        }
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= most ? line : Cut(line, most);
    }

    private static string Html(string? markdown, string ids, bool hasHeadings)
    {
        if (string.IsNullOrWhiteSpace(markdown)) return "";
        var key = (markdown, ids, hasHeadings);
        if (Cache.TryGetValue(key, out var known)) return known;
        var html = Render(MarkdownBounds.Clean(markdown), ids, hasHeadings);
        if (markdown.Length + html.Length > LongestCached) return html;
        if (Cache.Count >= CachedTexts) Cache.Clear();
        Cache.TryAdd(key, html);
        return html;
    }

    private static string Render(string text, string ids, bool hasHeadings)
    {
        if (MarkdownBounds.Exceeded(text) is not null) return AsCode(text);
        try
        {
            var document = Markdown.Parse(text, Pipeline);
            MdTree.Tame(document, ids);
            using var writer = new StringWriter();
            var renderer = new HtmlRenderer(writer);
            Pipeline.Setup(renderer);
            MdRenderers.Add(renderer, ids, hasHeadings);
            renderer.Render(document);
            var most = MarkdownBounds.MaxHtml(text.Length);
            if (writer.GetStringBuilder().Length > most) return AsCode(text);
            var html = Sanitizer.Sanitize(writer.ToString()).Trim();
            return html.Length <= most ? html : AsCode(text);
        }
        catch (ArgumentException)
        {
            // Markdig throws for text that is nested too deeply.
            return AsCode(text);
        }
    }

    private static string AsCode(string text) => $"<pre dir=\"auto\"><code>{WebUtility.HtmlEncode(text.Trim())}</code></pre>";

    private static HtmlSanitizer MakeSanitizer()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "p", "br", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "h4", "h5", "h6", "a", "hr", "sup",
                "table", "thead", "tbody", "tr", "th", "td", "div",
            },
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "href", "rel", "target", "title", "start", "class", "role", "tabindex", "aria-label", "dir", "id",
            },
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto", "tel" },
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
        })
        {
            AllowedClasses = { "alert", "note", "tip", "important", "warning", "caution", "tbl", "todo", "notes" },
        };
        sanitizer.FilterUrl += (_, e) => e.SanitizedUrl = Address.IsLink(e.OriginalUrl) ? e.SanitizedUrl : null;
        return sanitizer;
    }

    private static string Cut(string line, int most)
    {
        var end = line.LastIndexOf(' ', most - 1);
        if (end < most / 2) end = char.IsHighSurrogate(line[most - 2]) ? most - 2 : most - 1;
        return line[..end].TrimEnd(' ', ',', ';', ':') + "…";
    }
}
