using AngleSharp.Html.Parser;
using CsCheck;
using Kener.Ui.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Ui.Tests;

/// <summary>The owner's date formats (Behavior: PAG-14).</summary>
public sealed class DateFormTests
{
    private static readonly Localizer English = new(Audience.Default), German = new(new("de", "UTC", PageTheme.System));
    private static readonly DateTimeOffset At = new(2026, 3, 2, 21, 5, 9, TimeSpan.FromHours(5.75));

    [Theory]
    [InlineData("MMM d, yyyy h:mm a", "Mar 2, 2026 9:05 PM", "März 2, 2026 9:05 PM")]
    [InlineData("EEEE, do MMMM yy", "Monday, 2nd March 26", "Montag, 2. März 26")]
    [InlineData("EEE dd.MM.y HH:mm:ss", "Mon 02.03.2026 21:05:09", "Mo. 02.03.2026 21:05:09")]
    [InlineData("d/M H:m:s hh aaa", "2/3 21:5:9 09 pm", "2/3 21:5:9 09 pm")]
    [InlineData("yyyy-MM-dd'T'HH:mm", "2026-03-02T21:05", "2026-03-02T21:05")]
    [InlineData("h 'o''clock' ''a'' 'and on", "9 o'clock 'PM' and on", "9 o'clock 'PM' and on")]
    [InlineData("P", "02/03/2026", "02.03.2026")]
    [InlineData("PP", "2 Mar 2026", "2. März 2026")]
    [InlineData("PPPp", "2 March 2026, 21:05", "2. März 2026, 21:05")]
    [InlineData("PPPP pp", "Monday, 2 March 2026 21:05:09", "Montag, 2. März 2026 21:05:09")]
    [InlineData("HH:mm zzz", "21:05 UTC+5:45", "21:05 UTC+5:45")]
    [InlineData("'<b>&'", "<b>&", "<b>&")]
    public void A_format_means_what_it_means_in_date_fns(string form, string english, string german) =>
        Assert.Equal((english, german), (DateForm.Read(form)!.Write(At, English), DateForm.Read(form)!.Write(At, German)));

    [Theory]
    [InlineData(1, "1st")]
    [InlineData(2, "2nd")]
    [InlineData(3, "3rd")]
    [InlineData(11, "11th")]
    [InlineData(13, "13th")]
    [InlineData(21, "21st")]
    [InlineData(22, "22nd")]
    [InlineData(23, "23rd")]
    [InlineData(30, "30th")]
    [InlineData(31, "31st")]
    public void A_day_is_written_as_an_ordinal(int day, string ordinal) => Assert.Equal((ordinal, $"{day}."), (English.Ordinal(day), German.Ordinal(day)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("yyyyy")]
    [InlineData("QQQ yyyy")]
    [InlineData("MMMMM")]
    [InlineData("HH:mm and 'a tail that goes on for longer than anybody would ever want a date to be'")]
    public void An_invalid_format_counts_as_not_set(string? form)
    {
        Assert.Null(DateForm.Read(form));
        Assert.Equal("23 Nov, 21:42 UTC", new Localizer(Audience.Default, new(form, form, form)).Moment(Samples.Now, 2026));
    }

    [Fact]
    public void Any_text_is_parsed_or_rejected_without_an_exception()
    {
        var random = new Random(5);
        const string letters = "yMdEaHhmsPpzOo'' :,.<&xQ";
        for (var i = 0; i < 20_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => letters[random.Next(letters.Length)]));
            Assert.InRange(DateForm.Read(text)?.Write(At, English).Length ?? 0, 0, 400);
        }
    }

    [Fact]
    public void Any_instant_can_be_formatted()
    {
        Localizer[] readers =
        [
            .. from language in Localizer.Shipped
               from zone in (string[])["UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]
               from form in (string?[])[null, "EEEE do MMMM yyyy, h:mm:ss aaa zzz", "PPPPpp"]
               select new Localizer(new(language.Code, zone, PageTheme.System), new(form, form, form)),
        ];
        long[] ends = [long.MinValue, -62_135_596_801, -62_135_596_800, -62_104_060_801, -62_104_060_800, 253_370_764_799, 253_370_764_800, 253_402_300_799, long.MaxValue];
        var any = Gen.OneOf(Gen.Int[0, ends.Length - 1].Select(i => ends[i]), Gen.Long, Gen.Long[-62_135_600_000, 253_402_400_000]);
        Gen.Select(Gen.Int[0, readers.Length - 1].Select(i => readers[i]), any, any).Sample((reader, one, other) =>
        {
            foreach (var said in (string[])[reader.Moment(one), reader.Moment(one, 9999), reader.Span(one, other, 1), reader.Between(one, other), reader.Day(reader.Day(one)), When.Iso(one)])
                Assert.NotEmpty(said);
        });
    }

    [Fact]
    public async Task The_page_uses_the_formats_and_shows_the_zone_once()
    {
        var view = Samples.Full() with { Audience = new("en", "Asia/Kathmandu", PageTheme.System) };
        async Task<AngleSharp.Dom.IDocument> ReadAsync(DateForms forms) => new HtmlParser().ParseDocument(
            (await new PageRenderer(new ServiceCollection().BuildServiceProvider()).HomeAsync(view with { Site = view.Site with { Dates = forms } })).Html);

        var page = await ReadAsync(new("MMM d, h:mm a", "'<'MM/dd'>|'", "h:mm a"));
        Assert.Equal("Nov 24, 3:27 AM UTC+5:45", page.QuerySelector(".last time")!.TextContent);
        Assert.Equal("Nov 28, 9:25 AM – 10:25 AM UTC+5:45", page.QuerySelectorAll("#upcoming .meta time")[1].TextContent);
        Assert.Equal("<08/26>|", page.QuerySelector(".scale .whole")!.TextContent);
        Assert.Contains("<11/23>|: down for 1 h 36 min, degraded for 14 min", page.QuerySelectorAll("#m-payments title").Select(title => title.TextContent));
        var days = page.GetElementById("services")!.GetAttribute("data-days")!.Split('|');
        Assert.Equal((90, "<08/26>/", "<11/23>/"), (days.Length, days[0], days[^1]));

        page = await ReadAsync(new("HH:mm zzz d.M.", null, null));
        Assert.Equal("03:27 UTC+5:45 24.11.", page.QuerySelector(".last time")!.TextContent);
        Assert.Equal("26 Aug", page.QuerySelector(".scale .whole")!.TextContent);
    }
}
