using System.Collections.Frozen;
using System.Globalization;

namespace Kener.Ui.Text;

/// <summary>
/// Texts and times in the language and time zone of a visitor. The key of a text is its English wording, which is used if a locale lacks it.
/// </summary>
public sealed class Localizer
{
    private static readonly FrozenDictionary<string, Locale> Locales =
        new[] { "en", "de" }.ToFrozenDictionary(code => code, Locale.Read, StringComparer.OrdinalIgnoreCase);

    private readonly Locale _locale;

    /// <summary>
    /// Uses the language and time zone of the audience, or English and UTC where unknown. The owner's date formats take precedence over the
    /// language's.
    /// </summary>
    public Localizer(Audience audience, DateForms? dates = null)
    {
        _locale = Locales.GetValueOrDefault(audience.Language) ?? Locales["en"];
        Zone = TimeZoneInfo.TryFindSystemTimeZoneById(audience.Zone, out var zone) ? zone : TimeZoneInfo.Utc;
        (DateAndTime, Date, Time) = (DateForm.Read(dates?.DateAndTime), DateForm.Read(dates?.Date), DateForm.Read(dates?.Time));
    }

    /// <summary>The languages that ship: code and native name.</summary>
    public static IReadOnlyList<(string Code, string Name)> Shipped { get; } =
        [.. Locales.OrderBy(locale => locale.Key, StringComparer.Ordinal).Select(locale => (locale.Key, locale.Value.Say("English")))];

    /// <summary>Whether a language ships.</summary>
    public static bool Ships(string code) => Locales.ContainsKey(code);

    /// <summary>The language code, as used in HTML.</summary>
    public string Language => _locale.Code;

    internal TimeZoneInfo Zone { get; }

    internal CultureInfo Forms => _locale.Forms;

    /// <summary>The owner's formats for an instant, a day and a time of day; null for the format of the language.</summary>
    internal DateForm? DateAndTime { get; }
    internal DateForm? Date { get; }
    internal DateForm? Time { get; }

    /// <summary>Returns the text in the visitor's language.</summary>
    public string this[string text] => _locale.Say(text);

    /// <summary>Returns the text in the visitor's language, with its placeholders filled.</summary>
    public string Fill(string text, params ReadOnlySpan<object?> blanks) => string.Format(Forms, _locale.Say(text), blanks);

    /// <summary>Returns the text in the plural form for the number, which is {0}.</summary>
    public string Count(string text, long count, params ReadOnlySpan<object?> others) =>
        string.Format(Forms, _locale.Say(text, count), [count, .. others]);

    /// <summary>Formats an ordinal number: 1st, 2nd, 3rd, 4th.</summary>
    internal string Ordinal(int number) => (Language, number) switch
    {
        ("en", 1 or 21 or 31) => $"{number}st",
        ("en", 2 or 22) => $"{number}nd",
        ("en", 3 or 23) => $"{number}rd",
        _ => Fill("{0}th", number),
    };

    /// <summary>Joins the parts: A, B and C.</summary>
    public string List(IReadOnlyList<string> parts) => parts.Count switch
    {
        0 => "",
        1 => parts[0],
        _ => Fill("{0} and {1}", string.Join(", ", parts.Take(parts.Count - 1)), parts[^1]),
    };

    /// <summary>Joins the first names and the number of those left out.</summary>
    public string List(IReadOnlyList<string> names, int most) =>
        List(names.Count <= most + 1 ? names : [.. names.Take(most), Count("{0} more", names.Count - most)]);

    /// <summary>
    /// Formats a latency: 250 ms, 1.50 s, 1.50 m, 1.50 h; empty for 0 (Behavior: UPT-8, UPT-6). The unit is chosen after rounding, so that nothing is
    /// shown as 1000 ms or 60.00 s.
    /// </summary>
    public string Latency(double milliseconds)
    {
        if (Math.Round(milliseconds) is var whole && whole < 1_000) return whole > 0 ? Fill("{0} ms", whole) : "";
        if (Math.Round(milliseconds / 1_000, 2) is var seconds && seconds < 60) return Fill("{0:0.00} s", seconds);
        return Math.Round(milliseconds / 60_000, 2) is var minutes && minutes < 60
            ? Fill("{0:0.00} m", minutes) : Fill("{0:0.00} h", milliseconds / 3_600_000);
    }

    /// <summary>Formats an uptime text (Behavior: UPT-5) such as 99.9831 as percent; a dash if there is none.</summary>
    public string Percent(string share) =>
        double.TryParse(share, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? Fill("{0}%", share.Replace(".", Forms.NumberFormat.NumberDecimalSeparator, StringComparison.Ordinal))
            : share == "-" ? "–" : share;
}
