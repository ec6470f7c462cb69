using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Kener.Ui.Text;

/// <summary>The texts of a language, from an embedded file: each is a string, or has one form for the number 1 and one for other numbers.</summary>
internal sealed class Locale
{
    private const string Other = "other";
    private readonly FrozenDictionary<string, string> _texts, _ones;

    private Locale(string code, Dictionary<string, string> texts, Dictionary<string, string> ones)
    {
        Code = code;
        _texts = texts.ToFrozenDictionary();
        _ones = ones.ToFrozenDictionary();
        Forms = MakeForms();
    }

    public string Code { get; }

    /// <summary>Formats of dates and numbers. Kener's own, not the machine's: the same page must have the same bytes everywhere.</summary>
    public CultureInfo Forms { get; }

    public IEnumerable<string> Keys => _texts.Keys;

    public static Locale Read(string code)
    {
        using var stream = typeof(Locale).Assembly.GetManifestResourceStream($"{code}.json")!;
        using var file = JsonDocument.Parse(stream);
        var (texts, ones) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        foreach (var entry in file.RootElement.EnumerateObject())
        {
            if (entry.Value.ValueKind == JsonValueKind.String)
            {
                texts.Add(entry.Name, entry.Value.GetString()!);
                continue;
            }
            texts.Add(entry.Name, entry.Value.GetProperty(Other).GetString()!);
            ones.Add(entry.Name, entry.Value.GetProperty("one").GetString()!);
        }
        return new(code, texts, ones);
    }

    public string Say(string text) => _texts.GetValueOrDefault(text) ?? text;

    public string Say(string text, long count) => count == 1 && _ones.TryGetValue(text, out var one) ? one : Say(text);

    private CultureInfo MakeForms()
    {
        var forms = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        forms.NumberFormat.NumberDecimalSeparator = Say("decimal point");
        var dates = forms.DateTimeFormat;
        dates.AbbreviatedMonthNames = dates.AbbreviatedMonthGenitiveNames = Said(dates.AbbreviatedMonthNames);
        dates.MonthNames = dates.MonthGenitiveNames = Said(dates.MonthNames);
        (dates.DayNames, dates.AbbreviatedDayNames) = (Said(dates.DayNames), Said(dates.AbbreviatedDayNames));
        (dates.AMDesignator, dates.PMDesignator) = (Say(dates.AMDesignator), Say(dates.PMDesignator));
        return forms;
    }

    // The calendar of .NET has a thirteenth month without a name.
    private string[] Said(string[] names) => [.. names.Select(name => name.Length > 0 ? Say(name) : name)];
}
