namespace Kener.Contracts;

/// <summary>
/// Link definitions in a Markdown text, such as <c>[a]: /b "c"</c>. Each use repeats the definition's address and title in the HTML.
/// </summary>
internal static class LinkDefinitions
{
    /// <summary>Returns an upper bound of the characters that all uses of link definitions take in the HTML.</summary>
    public static long Repeated(string text)
    {
        var (longest, uses) = (0L, 0L);
        for (var at = text.IndexOf(']'); at >= 0; at = text.IndexOf(']', at + 1))
        {
            uses++;
            if (at + 1 < text.Length && text[at + 1] == ':') longest = Math.Max(longest, Weight(text.AsSpan(at + 2)));
        }
        return longest * uses;
    }

    /// <summary>Returns the characters that the address and the title at the start of the text take in HTML.</summary>
    private static long Weight(ReadOnlySpan<char> text)
    {
        text = text.TrimStart("> \t\n");
        var length = text is ['<', ..] ? text.IndexOfAny('>', '\n') : text.IndexOfAny(" \t\n");
        if (length < 0) length = text.Length;
        var title = text[length..].TrimStart("> \t\n");
        return Weigh(text[..length], MarkdownBounds.MaxAddress) + (title is ['"' or '\'' or '(', ..] ? WeighTitle(title) : 0);
    }

    private static long WeighTitle(ReadOnlySpan<char> title)
    {
        var end = title[0] == '(' ? ')' : title[0];
        var i = 1;
        while (i < title.Length && i <= MarkdownBounds.MaxTitle && title[i] != end) i += title[i] == '\\' ? 2 : 1;
        return Weigh(title[1..Math.Min(i, title.Length)], MarkdownBounds.MaxTitle - 1);
    }

    /// <summary>
    /// Returns the weight of a text: HTML and URL escaping turn a character into up to nine. A text longer than pages show counts as 0, unless it
    /// may be shorter once unescaped.
    /// </summary>
    private static long Weigh(ReadOnlySpan<char> text, int longest)
    {
        if (text.Length > longest) return text.ContainsAny('&', '\\') ? 9L * longest : 0;
        var weight = 0L;
        foreach (var c in text) weight += char.IsAsciiLetterOrDigit(c) || "-._~:/?#@!$'()*+,;=% ".Contains(c) ? 1 : 9;
        return weight;
    }
}
