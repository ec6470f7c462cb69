using System.Text;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Kener.Ui.Text;

/// <summary>
/// The headings of a text to which its own links lead. Only these have ids, with the prefix of the text, so that two texts of a page can have the
/// same heading. The name of a heading is the one that GitHub would make, or the one that the author put behind it as <c>{#name}</c>.
/// </summary>
internal sealed class MdHeadings
{
    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);

    /// <summary>Sets the ids of the headings to which links of the document lead.</summary>
    public static MdHeadings Of(MarkdownDocument document, string ids)
    {
        var headings = new MdHeadings();
        var targets = document.Descendants<LinkInline>().Select(link => NameIn(link.Url)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            var slug = TakeName(heading) ?? Slug(MdText.Of(heading));
            var name = slug;
            while (next.ContainsKey(name)) name = $"{slug}-{++next[slug]}";
            next[name] = 0;
            if (name.Length == 0 || !targets.Contains(name)) continue;
            headings._ids[name] = $"{ids}-{name}";
            heading.GetAttributes().Id = headings._ids[name];
        }
        return headings;
    }

    /// <summary>Returns the URL of the heading that the URL names; any other URL unchanged.</summary>
    public string? Resolve(string? url) => NameIn(url) is { } name && _ids.TryGetValue(name, out var id) ? "#" + id : url;

    private static string? NameIn(string? url) => url is ['#', _, ..] ? Uri.UnescapeDataString(url[1..]) : null;

    private static string? TakeName(HeadingBlock heading)
    {
        if (heading.Inline?.LastChild is not LiteralInline last) return null;
        var text = last.Content.ToString();
        var start = text.LastIndexOf("{#", StringComparison.Ordinal);
        if (start < 0 || !text.EndsWith('}') || text.Length == start + 3) return null;
        var name = text[(start + 2)..^1];
        if (!name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_')) return null;
        last.Content = new Markdig.Helpers.StringSlice(text[..start].TrimEnd());
        return name;
    }

    private static string Slug(string text)
    {
        var slug = new StringBuilder();
        foreach (var rune in text.Trim().EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '_') slug.Append(Rune.ToLowerInvariant(rune));
            else if (rune.Value == ' ') slug.Append('-');
        }
        return slug.ToString();
    }
}
