using System.Text;
using Markdig.Extensions.Footnotes;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace Kener.Ui.Text;

/// <summary>
/// Sets the text direction of each block. A block with text of its own gets dir="auto". For a block of blocks, browsers would ignore the children
/// that have a direction, so it gets the direction of its first letter.
/// </summary>
internal static class MdDirection
{
    /// <summary>Sets the direction of all blocks.</summary>
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

    // The Unicode blocks of Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms, and the ranges for other right-to-left scripts.
    private static bool IsRightToLeft(int letter) =>
        letter is >= 0x590 and <= 0x8FF or >= 0xFB1D and <= 0xFDFF or >= 0xFE70 and <= 0xFEFF or >= 0x10800 and <= 0x10FFF or >= 0x1E800 and <= 0x1EFFF;
}
