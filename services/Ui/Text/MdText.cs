using System.Text;
using Markdig.Extensions.Footnotes;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Kener.Ui.Text;

/// <summary>Extracts the text of a Markdown tree, without markup.</summary>
internal static class MdText
{
    /// <summary>Returns the text of a block or an inline. Footnotes are not part of a document's text.</summary>
    public static string Of(MarkdownObject node)
    {
        var text = new StringBuilder();
        Append(node, text);
        return text.ToString();
    }

    private static void Append(MarkdownObject node, StringBuilder text)
    {
        switch (node)
        {
            case FootnoteGroup or FootnoteLink: break;
            case LiteralInline literal: text.Append(literal.Content.AsSpan()); break;
            case CodeInline code: text.Append(code.Content); break;
            case HtmlEntityInline entity: text.Append(entity.Transcoded.AsSpan()); break;
            case AutolinkInline link: text.Append(link.Url); break;
            case LineBreakInline: text.Append(' '); break;
            case LinkInline { FirstChild: null } link: text.Append(link.Url); break;
            case ContainerInline inlines:
                foreach (var inline in inlines) Append(inline, text);
                break;
            case LeafBlock leaf:
                if (leaf.Inline is not null) Append(leaf.Inline, text);
                else text.Append(leaf.Lines.ToString());
                text.Append('\n');
                break;
            case ContainerBlock blocks:
                foreach (var block in blocks) Append(block, text);
                break;
        }
    }
}
