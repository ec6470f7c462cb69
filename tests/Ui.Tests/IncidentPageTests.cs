using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Kener.Contracts;
using Kener.Ui.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Ui.Tests;

public sealed class IncidentPageTests
{
    private static readonly PageRenderer Pages = new(new ServiceCollection().BuildServiceProvider());

    private static async Task<IDocument> ReadAsync(IncidentView incident) =>
        new HtmlParser().ParseDocument((await Pages.IncidentAsync(new(new() { Name = "Meridian" }, Audience.Default, incident))).Html);

    [Fact]
    public async Task An_open_incident_says_so_and_shows_all_its_updates()
    {
        var page = await ReadAsync(Samples.Payments());
        Assert.Equal("Card payments failing for some European customers", page.QuerySelector("h1")!.TextContent);
        Assert.Equal("Card payments failing for some European customers – Meridian", page.Title);
        Assert.Contains("Ongoing", page.QuerySelector(".meta")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(3, page.QuerySelectorAll(".tl > li").Length);
        Assert.Equal("/", page.QuerySelector(".back a")!.GetAttribute("href"));
        Assert.Equal("/#m-payments", page.QuerySelector(".aff a")!.GetAttribute("href"));
        Assert.Equal("article", page.QuerySelector("meta[property='og:type']")!.GetAttribute("content"));
    }

    [Fact]
    public async Task An_incident_that_is_over_says_how_long_it_lasted()
    {
        var page = await ReadAsync(Samples.Rich());
        Assert.Contains("Lasted 1 h 34 min", page.QuerySelector(".meta")!.TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Ongoing", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("up", page.QuerySelector(".inc")!.ClassList);
    }

    [Fact]
    public async Task The_description_is_the_newest_update_without_markup()
    {
        var page = await ReadAsync(Samples.Payments());
        var description = page.QuerySelector("meta[name=description]")!.GetAttribute("content")!;
        Assert.StartsWith("An upstream card network is rejecting a share of authorisations routed through eu-central.", description, StringComparison.Ordinal);
        Assert.EndsWith("…", description, StringComparison.Ordinal);
        Assert.InRange(description.Length, 100, 200);
    }

    [Fact]
    public async Task Headings_never_skip_a_level_whatever_an_update_contains()
    {
        var page = await ReadAsync(Samples.Payments().With(incident => incident with
        {
            Updates = [new(1, Samples.Now, IncidentState.Investigating, "###### six\n\n# one\n\n#### four\n\n## two\n\n> # quoted\n\n- ### listed")],
        }));
        var level = 1;
        foreach (var heading in page.QuerySelectorAll("h1,h2,h3,h4,h5,h6"))
        {
            var next = heading.LocalName[1] - '0';
            Assert.InRange(next, 1, level + 1);
            level = next;
        }
        Assert.Single(page.QuerySelectorAll("h1"));
    }

    [Fact]
    public async Task An_incident_without_updates_or_monitors_still_has_a_page()
    {
        var page = await ReadAsync(Samples.Incident(7, "Everything", IncidentState.Investigating, MonitorStatus.NoData, true, Samples.Now, null, [], []));
        Assert.Contains("No update has been posted yet.", page.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("inf", page.QuerySelector(".inc")!.ClassList);
        Assert.Equal("Meridian: Everything", page.QuerySelector("meta[name=description]")!.GetAttribute("content"));
    }

    [Theory]
    [InlineData(0, 0, "under a minute")]
    [InlineData(0, 59, "under a minute")]
    [InlineData(0, 60, "1 min")]
    [InlineData(0, 3600, "1 h")]
    [InlineData(0, 4320, "1 h 12 min")]
    [InlineData(0, 86400, "1 d")]
    [InlineData(0, 273600, "3 d 4 h")]
    [InlineData(100, 0, "under a minute")]
    [InlineData(long.MinValue, long.MaxValue, "3652058 d 23 h")]
    public void A_duration_has_at_most_two_units(long start, long end, string expected) => Assert.Equal(expected, new Localizer(Audience.Default).Between(start, end));
}
