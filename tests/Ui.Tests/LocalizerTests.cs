using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Kener.Contracts;
using Kener.Ui.Status;
using Kener.Ui.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Ui.Tests;

public sealed partial class LocalizerTests
{
    private static readonly PageRenderer Pages = new(new ServiceCollection().BuildServiceProvider());
    private static readonly Localizer English = new(Audience.Default), Berlin = new(new("de", "Europe/Berlin", PageTheme.System));

    public static TheoryData<string> Shipped => [.. Localizer.Shipped.Select(locale => locale.Code)];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_locale_has_exactly_the_texts_that_are_used(string language)
    {
        var has = Locale.Read(language).Keys.Order(StringComparer.Ordinal);
        Assert.Equal(Said().Distinct().Order(StringComparer.Ordinal), has);
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_translation_has_the_same_placeholders_as_its_text(string language)
    {
        using var stream = typeof(Localizer).Assembly.GetManifestResourceStream(language + ".json")!;
        using var file = JsonDocument.Parse(stream);
        foreach (var entry in file.RootElement.EnumerateObject())
        {
            var other = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : entry.Value.GetProperty("other").GetString()!;
            Assert.Equal(Blanks(entry.Name), Blanks(other));
            if (entry.Value.ValueKind == JsonValueKind.Object) Assert.Subset(Blanks(entry.Name), Blanks(entry.Value.GetProperty("one").GetString()!));
        }

        static HashSet<string> Blanks(string text) => [.. Blank().Matches(text).Select(match => match.Value)];
    }

    [Fact]
    public void A_missing_text_or_language_falls_back_to_English()
    {
        Assert.Equal("Not said anywhere", Berlin["Not said anywhere"]);
        var lost = new Localizer(new("tlh", "Mars/Olympus", PageTheme.Dark));
        Assert.Equal(("en", "Today", "23 Nov, 20:42 UTC"), (lost.Language, lost["Today"], lost.Moment(Samples.Ago(60), 2026)));
        Assert.Equal("de", new Localizer(new("DE", "UTC", PageTheme.System)).Language);
    }

    [Theory]
    [InlineData(0, "0 services", "0 Dienste")]
    [InlineData(1, "1 service", "1 Dienst")]
    [InlineData(2, "2 services", "2 Dienste")]
    public void A_number_decides_the_plural_form(int count, string english, string german) =>
        Assert.Equal((english, german), (English.Count("{0} services", count), Berlin.Count("{0} services", count)));

    [Fact]
    public void Times_have_the_format_of_the_language_and_show_the_zone()
    {
        Assert.Equal("23. Nov. 2026, 21:42 UTC+1", Berlin.Moment(Samples.Ago(60)));
        Assert.Equal("24 Nov, 02:27 UTC+5:45", new Localizer(new("en", "Asia/Kathmandu", PageTheme.System)).Moment(Samples.Ago(60), 2026));
        Assert.Equal("23 Nov, 17:12 UTC−3:30", new Localizer(new("en", "America/St_Johns", PageTheme.System)).Moment(Samples.Ago(60), 2026));
        Assert.Equal("23. Nov., 22:00 – 24. Nov., 00:00 UTC+1", Berlin.Span(Samples.Ago(42), Samples.Now + 78 * 60, 2026));
        Assert.Equal("23 Nov, 21:00 – 23:00 UTC", English.Span(Samples.Ago(42), Samples.Now + 78 * 60, 2026));
        // The night in which daylight saving time ends.
        Assert.Equal("24 Oct, 23:00 UTC+2 – 25 Oct, 04:00 UTC+1", new Localizer(new("en", "Europe/Berlin", PageTheme.System)).Span(1_792_875_600, 1_792_897_200, 2026));
        Assert.Equal("3 Tage 4 Std.", Berlin.Length(4560));
    }

    [Theory]
    [InlineData("99.9831", "99.9831%", "99,9831 %")]
    [InlineData("-", "–", "–")]
    [InlineData("<b>", "<b>", "<b>")]
    public void An_uptime_has_the_format_of_the_language(string share, string english, string german) =>
        Assert.Equal((english, german), (English.Percent(share), Berlin.Percent(share)));

    [Theory]
    [InlineData(0, "", "")]
    [InlineData(0.4, "", "")]
    [InlineData(0.6, "1 ms", "1 ms")]
    [InlineData(250.4, "250 ms", "250 ms")]
    [InlineData(999.4, "999 ms", "999 ms")]
    [InlineData(999.6, "1.00 s", "1,00 s")]
    [InlineData(1_000, "1.00 s", "1,00 s")]
    [InlineData(59_994, "59.99 s", "59,99 s")]
    [InlineData(59_999, "1.00 m", "1,00 Min.")]
    [InlineData(90_000, "1.50 m", "1,50 Min.")]
    [InlineData(3_599_999, "1.00 h", "1,00 Std.")]
    [InlineData(86_400_000, "24.00 h", "24,00 Std.")]
    public void A_latency_is_shown_in_a_suitable_unit(double milliseconds, string english, string german) =>
        Assert.Equal((english, german), (English.Latency(milliseconds), Berlin.Latency(milliseconds)));

    [Theory]
    [InlineData(0, "")]
    [InlineData(41, "Average latency 41 ms")]
    [InlineData(90_000, "Average latency 1.50 m")]
    [InlineData(90_000_000, "Average latency 25.00 h")]
    public async Task A_row_shows_its_latency_in_a_suitable_unit_or_none(double latency, string expected)
    {
        var view = Samples.Calm(1) with { Monitors = [Samples.Calm(1).Monitors[0] with { Latency = latency }] };
        var page = new HtmlParser().ParseDocument((await Pages.HomeAsync(view)).Html);
        Assert.Equal(expected, page.QuerySelector(".lat")!.TextContent.Trim());
    }

    [Fact]
    public async Task A_German_page_is_German_throughout()
    {
        var view = Samples.Full() with { Audience = new("de", "Europe/Berlin", PageTheme.Dark) };
        var html = (await Pages.HomeAsync(view)).Html;
        var page = new HtmlParser().ParseDocument(html);
        Assert.Equal(("de", "dark"), (page.DocumentElement.GetAttribute("lang"), page.DocumentElement.GetAttribute("data-theme")));
        Assert.Equal("Teilweiser Systemausfall", page.QuerySelector("h1")!.TextContent);
        Assert.Equal("Betroffen: Payments, Webhooks, Checkout und Search index", page.QuerySelector("#msg + p")!.TextContent);
        Assert.Equal("Zuletzt geprüft 23. Nov., 22:42 UTC+1", page.QuerySelector(".last > span:last-child")!.TextContent);
        Assert.Contains("Zeiten in Europe/Berlin", page.QuerySelector("footer")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Europe/Berlin", page.QuerySelector("select[name=tz] option[selected]")!.GetAttribute("value"));
        Assert.Equal("de", page.QuerySelector("select[name=lang] option[selected]")!.GetAttribute("value"));
        Assert.Equal("dark", page.QuerySelector("[aria-pressed=true]")!.GetAttribute("value"));
        foreach (var text in Said().Where(text => text.Contains(' ') && !text.Contains('{') && English[text] != Berlin[text])) Assert.DoesNotContain($">{text}<", html, StringComparison.Ordinal);
    }

    // Texts are in the sources as L["…"], Fill("…"), Count("…") or Say("…"); those of statuses, messages and months come from rules.
    private static IEnumerable<string> Said()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(Root(), "services", "Ui"), "*.*", SearchOption.AllDirectories)
            .Where(file => (file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)) && !file.Contains("/obj/", StringComparison.Ordinal));
        foreach (var source in sources)
        {
            foreach (Match call in Call().Matches(File.ReadAllText(source)))
            {
                foreach (Match text in Quoted().Matches(call.Value)) yield return text.Groups[1].Value;
            }
        }
        foreach (var status in Enum.GetValues<MonitorStatus>())
        {
            yield return status.Label();
            yield return status.Phrase();
        }
        // The last one stands for an obstacle of a newer build.
        foreach (var obstacle in Enum.GetValues<CheckObstacle>().Append(default)) yield return obstacle.Label();
        foreach (var state in Enum.GetValues<IncidentState>()) yield return state.Label();
        foreach (var message in Messages) yield return message;
        var names = System.Globalization.CultureInfo.InvariantCulture.DateTimeFormat;
        foreach (var name in (string[])[.. names.AbbreviatedMonthNames, .. names.MonthNames, .. names.DayNames, .. names.AbbreviatedDayNames, names.AMDesignator, names.PMDesignator])
        {
            if (name.Length > 0) yield return name;
        }
    }

    private static readonly string[] Messages =
    [
        "All Systems Operational", "Under Maintenance", "Partial Degraded Performance", "Degraded Performance", "Partial System Outage", "Major System Outage", "No Status Available",
        .. ErrorMessages,
    ];

    private static string[] ErrorMessages => ["Light", "System", "Dark", "{0} days down", "{0} days degraded", "{0} days with maintenance", "{0} days without data", "{0} h", "{0} min"];

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Kener.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex("""(?:\bL|reader)\[[^\]]*"[^\]]*\]|(?:Fill|Count|Say)\([^()"]*"[^,)]*""")]
    private static partial Regex Call();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Blank();
}
