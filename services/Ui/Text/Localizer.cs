using System.Collections.Frozen;
using System.Globalization;

namespace Kener.Ui.Text;

/// <summary>The words and times of a page in its reader's language and zone. A text is its own key; one that a locale lacks is said in English.</summary>
public sealed class Localizer
{
    private static readonly FrozenDictionary<string, Locale> Locales =
        new[] { "en", "de" }.ToFrozenDictionary(code => code, Locale.Read, StringComparer.OrdinalIgnoreCase);

    private readonly Locale _locale;

    /// <summary>For a reader of that language and zone; what is not known is English and UTC. The owner's forms of dates come before the language's.</summary>
    public Localizer(Audience audience, DateForms? dates = null)
    {
        _locale = Locales.GetValueOrDefault(audience.Language) ?? Locales["en"];
        Zone = TimeZoneInfo.TryFindSystemTimeZoneById(audience.Zone, out var zone) ? zone : TimeZoneInfo.Utc;
        (DateAndTime, Date, Time) = (DateForm.Read(dates?.DateAndTime), DateForm.Read(dates?.Date), DateForm.Read(dates?.Time));
    }

    /// <summary>The languages that ship: code and own name.</summary>
    public static IReadOnlyList<(string Code, string Name)> Shipped { get; } =
        [.. Locales.OrderBy(locale => locale.Key, StringComparer.Ordinal).Select(locale => (locale.Key, locale.Value.Say("English")))];

    /// <summary>Whether a language ships.</summary>
    public static bool Ships(string code) => Locales.ContainsKey(code);

    /// <summary>The language's code, as HTML wants it.</summary>
    public string Language => _locale.Code;

    internal TimeZoneInfo Zone { get; }

    internal CultureInfo Forms => _locale.Forms;

    /// <summary>How the site's owner writes an instant, a day and a time of day; null for the language's own form.</summary>
    internal DateForm? DateAndTime { get; }
    internal DateForm? Date { get; }
    internal DateForm? Time { get; }

    /// <summary>The text in the reader's language.</summary>
    public string this[string text] => _locale.Say(text);

    /// <summary>The text in the reader's language, with its blanks filled.</summary>
    public string Fill(string text, params ReadOnlySpan<object?> blanks) => string.Format(Forms, _locale.Say(text), blanks);

    /// <summary>The text in the form that the number wants; {0} is the number.</summary>
    public string Count(string text, long count, params ReadOnlySpan<object?> others) =>
        string.Format(Forms, _locale.Say(text, count), [count, .. others]);

    /// <summary>1st, 2nd, 3rd, 4th.</summary>
    internal string Ordinal(int number) => (Language, number) switch
    {
        ("en", 1 or 21 or 31) => $"{number}st",
        ("en", 2 or 22) => $"{number}nd",
        ("en", 3 or 23) => $"{number}rd",
        _ => Fill("{0}th", number),
    };

    /// <summary>A, B and C.</summary>
    public string List(IReadOnlyList<string> parts) => parts.Count switch
    {
        0 => "",
        1 => parts[0],
        _ => Fill("{0} and {1}", string.Join(", ", parts.Take(parts.Count - 1)), parts[^1]),
    };

    /// <summary>The first names and how many more there are.</summary>
    public string List(IReadOnlyList<string> names, int most) =>
        List(names.Count <= most + 1 ? names : [.. names.Take(most), Count("{0} more", names.Count - most)]);

    /// <summary>
    /// A latency in the unit that people read: 250 ms, 1.50 s, 1.50 m, 1.50 h; empty for none. Rounding decides the unit, so that nothing is
    /// shown as 1000 ms or 60.00 s.
    /// </summary>
    public string Latency(double milliseconds)
    {
        if (Math.Round(milliseconds) is var whole && whole < 1_000) return whole > 0 ? Fill("{0} ms", whole) : "";
        if (Math.Round(milliseconds / 1_000, 2) is var seconds && seconds < 60) return Fill("{0:0.00} s", seconds);
        return Math.Round(milliseconds / 60_000, 2) is var minutes && minutes < 60
            ? Fill("{0:0.00} m", minutes) : Fill("{0:0.00} h", milliseconds / 3_600_000);
    }

    /// <summary>A share as the rules write it, such as 99.9831; a dash for one that is not known.</summary>
    public string Percent(string share) =>
        double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? Fill("{0}%", share.Replace(".", Forms.NumberFormat.NumberDecimalSeparator, StringComparison.Ordinal))
            : share == "-" ? "–" : share;
}
