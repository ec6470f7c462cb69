using System.Buffers;
using System.Globalization;
using System.Text;

namespace Kener.Contracts;

/// <summary>
/// The bounds of a Markdown text. The APIs reject text beyond them, and pages show stored text beyond them as code. Within them, the time that
/// it takes to parse a text and the length of its HTML grow with the length of the text, never with the product of two of its counts.
/// </summary>
public static class MarkdownBounds
{
    /// <summary>Characters in a text.</summary>
    public const int MaxLength = 65_536;
    /// <summary>Lines in a text.</summary>
    public const int MaxLines = 4_000;
    /// <summary>Quotes and lists around the text of a line.</summary>
    public const int MaxLevels = 32;
    /// <summary>Characters that may start or end emphasis, code, a link, a quote or a list. Some of them cost the parser the square of their number.</summary>
    public const int MaxMarks = 4_000;
    /// <summary>Columns of a table.</summary>
    public const int MaxColumns = 32;
    /// <summary>Cells of all tables: rows get as many cells as the widest row has.</summary>
    public const int MaxCells = 2_000;
    /// <summary>Characters of HTML that the uses of link definitions may take: each use repeats the definition's address and title.</summary>
    public const int MaxRepeated = 65_536;
    /// <summary>Characters in the title of a link. Longer titles are not shown.</summary>
    public const int MaxTitle = 1_000;
    /// <summary>Characters in the address of a link. Longer addresses are not linked.</summary>
    public const int MaxAddress = 2_000;

    private static readonly SearchValues<char> Delimiters = SearchValues.Create("|-: \t>*+.)0123456789");
    private static readonly string[] AutolinkStarts = ["://", "www.", "tel:", "mailto:"];

    /// <summary>Returns the most characters of HTML that a page shows for a text of that length.</summary>
    public static int MaxHtml(int length) => 8 * length + 256 * 1024;

    /// <summary>Returns the bound that a text exceeds, as words to follow "must not have"; null when it exceeds none.</summary>
    public static string? Exceeded(string text)
    {
        if (text.Length > MaxLength) return More(MaxLength, "characters");
        var clean = Clean(text);
        var (lines, marks, cells, block) = (0, 0, 0, new Block());
        foreach (var line in clean.AsSpan().EnumerateLines())
        {
            var levels = Levels(line);
            // A line of dashes and stars alone is a rule, not a list in a list.
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

    /// <summary>Returns the text as it is parsed: line ends are \n, and there are no other control characters or halves of surrogates.</summary>
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

    /// <summary>Counts the quotes, lists and footnotes in which the text of a line may stand.</summary>
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
        // Two columns of indent may stand for a level that an earlier line opened.
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

    /// <summary>Lines without a blank one between them: a table if one of them separates a head from a body.</summary>
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

        /// <summary>Returns how many cells the block has more than when this was last called.</summary>
        public int TakeCells()
        {
            var more = _rows * Columns - _counted;
            _counted += more;
            return more;
        }
    }
}
