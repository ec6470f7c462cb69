using System.Text;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace Kener.Ui.Text;

/// <summary>
/// The direction of each block of a text. Browsers find out that of a block with words of its own (dir="auto"); a block of blocks, where they
/// look only at what has no direction of its own, has that of its first word.
/// </summary>
internal static class MdDirection
{
    /// <summary>Sets the direction of every block.</summary>
    public static void Set(MarkdownDocument document)
    {
        foreach (var block in document.Descendants<Block>())
        {
            if (block is LeafBlock or TableCell || block is ListItemBlock { Parent: ListBlock { IsLoose: false } })
                block.GetAttributes().AddPropertyIfNotExist("dir", "auto");
            else if (block is QuoteBlock or ListItemBlock or Footnote or Table && Of(MdText.Of(block)) is { } direction)
                block.GetAttributes().AddPropertyIfNotExist("dir", direction);
        }
    }

    /// <summary>Returns the direction of the first letter; null if there is none.</summary>
    private static string? Of(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (Rune.IsLetter(rune)) return IsRightToLeft(rune.Value) ? "rtl" : "ltr";
        return null;
    }

    // The blocks of Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms, and the planes' parts for other such scripts.
    private static bool IsRightToLeft(int letter) =>
        letter is >= 0x590 and <= 0x8FF or >= 0xFB1D and <= 0xFDFF or >= 0xFE70 and <= 0xFEFF or >= 0x10800 and <= 0x10FFF or >= 0x1E800 and <= 0x1EFFF;
}
