using System.Buffers;
using System.Globalization;
using System.Text;

namespace Kener.Contracts;

/// <summary>
/// The limits of a Markdown text. The APIs reject text beyond them, and pages show stored text beyond them as code. Within the limits, parsing
/// time and HTML length grow linearly with the length of the text, never with the product of two of its counts.
/// </summary>
public static class MarkdownBounds
{
    /// <summary>Characters in a text.</summary>
    public const int MaxLength = 65_536;
    /// <summary>Lines in a text.</summary>
    public const int MaxLines = 4_000;
    /// <summary>Nesting depth of quotes and lists on a line.</summary>
    public const int MaxLevels = 32;
    /// <summary>
    /// Characters that may start or end emphasis, code, a link, a quote or a list. For some of them the parser's time grows with the square of
    /// their number.
    /// </summary>
    public const int MaxMarks = 4_000;
    /// <summary>Columns in a table.</summary>
    public const int MaxColumns = 32;
    /// <summary>Cells in all tables together. Each row of a table has as many cells as its widest row.</summary>
    public const int MaxCells = 2_000;
    /// <summary>Characters of HTML that all uses of link definitions may take. Each use repeats the definition's address and title.</summary>
    public const int MaxRepeated = 65_536;
    /// <summary>Characters in the title of a link. A longer title is not shown.</summary>
    public const int MaxTitle = 1_000;
    /// <summary>Characters in the address of a link. A longer address is not linked.</summary>
    public const int MaxAddress = 2_000;

    private static readonly SearchValues<char> Delimiters = SearchValues.Create("|-: \t>*+.)0123456789");
    private static readonly string[] AutolinkStarts = ["://", "www.", "tel:", "mailto:"];

    /// <summary>Returns the maximum number of HTML characters that a page shows for a text of that length.</summary>
    public static int MaxHtml(int length) => 8 * length + 256 * 1024;

    /// <summary>Returns the limit that a text exceeds, worded to follow "must not have"; null if it exceeds none.</summary>
    public static string? Exceeded(string text)
    {
        if (text.Length > MaxLength) return More(MaxLength, "characters");
        var clean = Clean(text);
        var (lines, marks, cells, block) = (0, 0, 0, new Block());
        foreach (var line in clean.AsSpan().EnumerateLines())
        {
            var levels = Levels(line);
            // A line of only dashes and stars is a thematic break, not nested lists.
            if (levels > MaxLevels && line.ContainsAnyExcept("-* \t")) return More(MaxLevels, "levels of quotes and lists in a line");
            if (++lines > MaxLines) return More(MaxLines, "lines");
            if ((marks += Math.Min(levels, MaxLevels) + Marks(line)) > MaxMarks) return More(MaxMarks, "marks of emphasis, code, links, quotes and lists");
            if (!line.ContainsAnyExcept("> \t")) block = new Block();
            else block.Add(line);
            if (!block.IsTable) continue;
            if (block.Columns > MaxColumns) return More(MaxColumns, "columns in a table");
            cells += block.TakeCells();
            if (cells > MaxCells) return More(MaxCells, "cells in its tables");
        }
        return LinkDefinitions.Repeated(clean) > MaxRepeated ? More(MaxRepeated, "characters of repeated link definitions") : null;
    }

    /// <summary>Returns the text as it is parsed: with \n as line ending, without other control characters and unpaired surrogates.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || !Rune.IsControl(rune)) clean.Append(rune);
        }
        return clean.ToString();
    }

    private static string More(int bound, string what) => string.Create(CultureInfo.InvariantCulture, $"more than {bound} {what}");

    /// <summary>Returns an upper bound of the quotes, lists and footnotes in which the text of a line is nested.</summary>
    private static int Levels(ReadOnlySpan<char> line)
    {
        var (levels, spaces) = (0, 0);
        for (var i = 0; i < line.Length; i++)
        {
            var isLast = i + 1 == line.Length || line[i + 1] is ' ' or '\t';
            if (line[i] == '>' || isLast && (line[i] is '-' or '*' or '+' || line[i] is '.' or ')' && i > 0 && char.IsAsciiDigit(line[i - 1])))
            {
                levels++;
            }
            else if (line[i..].StartsWith("[^") && line[i..].IndexOf("]:") is > 0 and var end)
            {
                levels++;
                i += end + 1;
            }
            else if (line[i] is ' ' or '\t')
            {
                spaces += line[i] == ' ' ? 1 : 4;
            }
            else if (!char.IsAsciiDigit(line[i]))
            {
                break;
            }
        }
        // Every two columns of indent may continue a level that an earlier line opened.
        return levels == 0 ? 0 : levels + Math.Max(0, spaces - levels) / 2;
    }

    private static int Marks(ReadOnlySpan<char> line)
    {
        var marks = 0;
        foreach (var c in line)
            if (c is '*' or '_' or '~' or '[' or ']' or '`' or '@') marks++;
        foreach (var start in AutolinkStarts) marks += Count(line, start);
        return marks;
    }

    private static int Count(ReadOnlySpan<char> line, string part)
    {
        var count = 0;
        for (var at = line.IndexOf(part, StringComparison.OrdinalIgnoreCase); at >= 0; at = line.IndexOf(part, StringComparison.OrdinalIgnoreCase))
        {
            count++;
            line = line[(at + part.Length)..];
        }
        return count;
    }

    /// <summary>Consecutive lines without a blank line between them. They are a table if one of them is a delimiter row.</summary>
    private struct Block
    {
        private int _rows, _counted;

        public int Columns { get; private set; }

        public bool IsTable { get; private set; }

        public void Add(ReadOnlySpan<char> line)
        {
            _rows++;
            var row = line.TrimStart("> \t-*+.)0123456789").TrimEnd();
            var columns = row.Count('|') + 1 - (row.StartsWith('|') ? 1 : 0) - (row.Length > 1 && row.EndsWith('|') ? 1 : 0);
            Columns = Math.Max(Columns, columns);
            IsTable |= line.Contains('-') && line.ContainsAny('|', ':') && !line.ContainsAnyExcept(Delimiters);
        }

        /// <summary>Returns the number of cells that were added since the last call.</summary>
        public int TakeCells()
        {
            var more = _rows * Columns - _counted;
            _counted += more;
            return more;
        }
    }
}
