using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Ganss.Xss;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Renderers;

namespace Kener.Ui.Text;

/// <summary>
/// Users' Markdown as HTML that may stand in any page. Two walls: raw HTML is never parsed and the tree is tamed before it is written
/// (MdTree), then a sanitizer lets through only the elements and attributes that this file names.
/// </summary>
public static class Md
{
    /// <summary>Longer text is shown as it was typed.</summary>
    public const int LongestMarkdown = 20_000;

    // Marks that may pair up cost the square of their number.
    private const int MostMarks = 3_000;
    private static readonly string[] HeadingLevels = ["h4", "h5", "h6"];

    private const int CachedTexts = 128;
    private const int LongestCached = 60_000;

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UsePipeTables()
        .UseAutoLinks()
        .UseTaskLists()
        .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
        .UseAlertBlocks()
        .UseSoftlineBreakAsHardlineBreak()
        .Build();

    private static readonly HtmlSanitizer Sanitizer = new(new HtmlSanitizerOptions
    {
        AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            "p", "br", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "h4", "h5", "h6", "a", "hr",
            "table", "thead", "tbody", "tr", "th", "td", "div",
        },
        AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
        {
            "href", "rel", "target", "title", "start", "class", "role", "tabindex", "aria-label",
        },
        AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto" },
        UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
    })
    {
        AllowedClasses = { "alert", "note", "tip", "important", "warning", "caution", "tbl", "todo" },
    };

    private static readonly ConcurrentDictionary<string, string> Cache = new();

    /// <summary>The text as HTML. Headings start at h4. Never throws and never takes long, whatever the text.</summary>
    public static string Html(string? markdown)
    {
        if (string.IsNullOrWhiteSpace(markdown)) return "";
        if (Cache.TryGetValue(markdown, out var known)) return known;
        var html = Render(Clean(markdown));
        if (markdown.Length + html.Length > LongestCached) return html;
        if (Cache.Count >= CachedTexts) Cache.Clear();
        Cache.TryAdd(markdown, html);
        return html;
    }

    /// <summary>The text as HTML for a place that headings would not suit: they are strong paragraphs.</summary>
    public static string WithoutHeadings(string? markdown)
    {
        var html = new StringBuilder(Html(markdown));
        foreach (var level in HeadingLevels) html.Replace($"<{level}>", "<p><strong>").Replace($"</{level}>", "</strong></p>");
        return html.ToString();
    }

    /// <summary>The text without its marks, in one line of at most <paramref name="most"/> characters. Not HTML: it is to be encoded.</summary>
    public static string Plain(string? markdown, int most)
    {
        if (string.IsNullOrWhiteSpace(markdown)) return "";
        var text = Clean(markdown.Length > LongestMarkdown ? markdown[..LongestMarkdown] : markdown);
        if (!TooMuch(text))
        {
            try
            {
                text = Markdown.ToPlainText(text, Pipeline);
            }
            catch (ArgumentException)
            {
                // Nested deeper than Markdig reads: the text as it was typed will do.
            }
        }
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= most ? line : Cut(line, most);
    }

    private static string Render(string text)
    {
        if (text.Length > LongestMarkdown || TooMuch(text)) return AsTyped(text);
        try
        {
            var document = Markdown.Parse(text, Pipeline);
            MdTree.Tame(document);
            using var writer = new StringWriter();
            var renderer = new HtmlRenderer(writer);
            Pipeline.Setup(renderer);
            MdTree.AddRenderers(renderer);
            renderer.Render(document);
            return Sanitizer.Sanitize(writer.ToString()).Trim();
        }
        catch (ArgumentException)
        {
            // Markdig refuses what is nested too deeply.
            return AsTyped(text);
        }
    }

    private static string AsTyped(string text) =>
        $"<p>{WebUtility.HtmlEncode(text.Trim()).Replace("\n", "<br>", StringComparison.Ordinal)}</p>";

    // A line that opens more levels than anyone means costs the parser much and the reader everything.
    private static bool TooMuch(string text)
    {
        const int most = 32;
        if (text.Count(c => c is '*' or '_' or '~' or '[' or ']' or '`') > MostMarks) return true;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var marks = 0;
            foreach (var c in line)
            {
                if (c is '>' or '*' or '-' or '+' or '.' or ')') marks++;
                else if (c is not (' ' or '\t') && !char.IsAsciiDigit(c)) break;
                if (marks > most && line.IndexOfAnyExcept("-* \t") >= 0) return true;
            }
        }
        return false;
    }

    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || !Rune.IsControl(rune)) clean.Append(rune);
        }
        return clean.ToString();
    }

    private static string Cut(string line, int most)
    {
        var end = line.LastIndexOf(' ', most - 1);
        if (end < most / 2) end = char.IsHighSurrogate(line[most - 2]) ? most - 2 : most - 1;
        return line[..end].TrimEnd(' ', ',', ';', ':') + "…";
    }
}
