using System.Collections.Frozen;
using System.Text;

namespace Kener.Ui.Text;

/// <summary>
/// A date format with the tokens of date-fns, such as <c>EEE d MMM, HH:mm</c>. Supports the tokens that a page has a use for; the localized ones
/// (<c>PP</c>, <c>p</c>) stand for the formats of the visitor's language.
/// </summary>
internal sealed class DateForm
{
    private const int Longest = 64;

    // The equivalent in .NET; a single letter needs a %, or it would be a standard format.
    private static readonly FrozenDictionary<string, string> Tokens = new Dictionary<string, string>
    {
        ["y"] = "yyyy",
        ["yy"] = "yy",
        ["yyyy"] = "yyyy",
        ["M"] = "%M",
        ["MM"] = "MM",
        ["MMM"] = "MMM",
        ["MMMM"] = "MMMM",
        ["d"] = "%d",
        ["dd"] = "dd",
        ["E"] = "ddd",
        ["EE"] = "ddd",
        ["EEE"] = "ddd",
        ["EEEE"] = "dddd",
        ["a"] = "tt",
        ["aa"] = "tt",
        ["h"] = "%h",
        ["hh"] = "hh",
        ["H"] = "%H",
        ["HH"] = "HH",
        ["m"] = "%m",
        ["mm"] = "mm",
        ["s"] = "%s",
        ["ss"] = "ss",
    }.ToFrozenDictionary();

    private readonly List<Func<DateTimeOffset, Localizer, string>> _parts = [];

    /// <summary>Whether the format contains the time zone.</summary>
    public bool HasZone { get; private set; }

    /// <summary>Parses a format; null if it is empty, too long, or has an unknown token (Behavior: PAG-14).</summary>
    public static DateForm? Read(string? pattern)
    {
        if (pattern is not { Length: > 0 and <= Longest }) return null;
        var form = new DateForm();
        for (var at = 0; at < pattern.Length;)
        {
            var length = LengthOf(pattern, at);
            if (!form.Add(pattern.Substring(at, length), pattern[at + length - 1] == 'P' && at + length < pattern.Length && pattern[at + length] == 'p')) return null;
            at += length;
        }
        return form;
    }

    /// <summary>Formats the instant, at its own offset.</summary>
    public string Write(DateTimeOffset at, Localizer reader)
    {
        var text = new StringBuilder();
        foreach (var part in _parts) text.Append(part(at, reader));
        return text.ToString();
    }

    private static int LengthOf(string pattern, int at)
    {
        var end = at + 1;
        if (pattern[at] == '\'') return QuoteAt(pattern, at);
        if (pattern[at] == 'd' && end < pattern.Length && pattern[end] == 'o') return 2;
        while (char.IsAsciiLetter(pattern[at]) && end < pattern.Length && pattern[end] == pattern[at]) end++;
        return end - at;
    }

    // Two quotes in a row are a literal quote, also within quoted text; an unclosed quote extends to the end.
    private static int QuoteAt(string pattern, int at)
    {
        if (pattern.AsSpan(at).StartsWith("''")) return 2;
        for (var end = at + 1; end < pattern.Length; end++)
        {
            if (pattern[end] != '\'') continue;
            if (!pattern.AsSpan(end).StartsWith("''")) return end + 1 - at;
            end++;
        }
        return pattern.Length - at;
    }

    private bool Add(string token, bool isBeforeTime)
    {
        if (!char.IsAsciiLetter(token[0])) Say(Literal(token));
        else if (Tokens.TryGetValue(token, out var form)) _parts.Add((at, reader) => at.ToString(form, reader.Forms));
        else if (token == "aaa") _parts.Add((at, reader) => at.ToString("tt", reader.Forms).ToLower(reader.Forms));
        else if (token == "do") _parts.Add((at, reader) => reader.Ordinal(at.Day));
        else if (token.Length > 4) return false;
        else if (token[0] == 'P') _parts.Add((at, reader) => at.ToString(DateOf(token.Length, reader), reader.Forms));
        else if (token[0] == 'p') _parts.Add((at, reader) => at.ToString(reader[token.Length == 1 ? "HH:mm" : "HH:mm:ss"], reader.Forms));
        else if (token[0] is 'z' or 'O') AddZone();
        else return false;
        if (isBeforeTime) Say(", ");
        return true;
    }

    private void AddZone()
    {
        HasZone = true;
        _parts.Add((at, _) => When.ZoneOf(at.Offset));
    }

    private void Say(string text) => _parts.Add((_, _) => text);

    private static string Literal(string token)
    {
        if (token[0] != '\'') return token;
        if (token == "''") return "'";
        return (token.Length > 1 && token[^1] == '\'' ? token[1..^1] : token[1..]).Replace("''", "'", StringComparison.Ordinal);
    }

    private static string DateOf(int length, Localizer reader) => length switch
    {
        1 => reader["dd/MM/yyyy"],
        2 => reader["d MMM yyyy"],
        3 => reader["d MMMM yyyy"],
        _ => reader["dddd, d MMMM yyyy"],
    };
}
