using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Kener.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Ui.Tests;

/// <summary>What an owner sets, and what stands around every page.</summary>
public sealed class SiteTests
{
    private static readonly PageRenderer Pages = new(new ServiceCollection().BuildServiceProvider());

    private static IDocument Parse(RenderedPage page) => new HtmlParser().ParseDocument(page.Html);

    [Fact]
    public async Task The_owner_s_colours_take_the_place_of_ours_and_what_is_no_colour_does_not()
    {
        var view = Samples.Full();
        var rendered = await Pages.HomeAsync(view with
        {
            Site = view.Site with
            {
                Colours = new Dictionary<MonitorStatus, (string, string)>
                {
                    [MonitorStatus.Up] = ("#00dfa2", "#00DFA2"),
                    [MonitorStatus.Down] = ("red}*{display:none", "#ca3038"),
                    [MonitorStatus.NoData] = ("#9ca3af", "#9ca3af"),
                },
            },
            DaysOnPhones = 30,
        });
        var style = Parse(rendered).QuerySelectorAll("style")[1].TextContent;
        Assert.Equal(":root{--nod:light-dark(#9ca3af,#9ca3af);--up:light-dark(#00dfa2,#00DFA2);--up-t:color-mix(in oklab,var(--up) 60%,light-dark(#000,#fff));--wide:300%;}", style);
        Assert.Contains($" 'sha256-{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(style)))}';", rendered.ContentSecurityPolicy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bar_has_links_pages_and_preferences_and_leaves_out_what_is_not_offered()
    {
        var view = Samples.Full();
        var page = Parse(await Pages.HomeAsync(view with { Site = view.Site with { Nav = [.. view.Site.Nav, new("Bad", "javascript:alert(1)"), new("Own", "/own")] } }));
        Assert.Equal(["Product", "Documentation", "Contact", "Own"], page.QuerySelectorAll(".nav a").Select(a => a.TextContent));
        Assert.Equal("All services", page.QuerySelector(".panel [aria-current=page]")!.TextContent);
        Assert.Equal(["light", "system", "dark"], page.QuerySelectorAll("form[action='/preferences'] [name=theme]").Select(button => button.GetAttribute("value")));
        Assert.All(page.QuerySelectorAll("form"), form => Assert.Equal(("post", "/"), (form.GetAttribute("method"), form.QuerySelector("[name=back]")!.GetAttribute("value"))));

        var bare = Parse(await Pages.HomeAsync(view with { Site = new() { Name = "Meridian", OffersThemes = false, OffersZones = false } }));
        Assert.Empty(bare.QuerySelectorAll("form, .menu, .nav, #news"));
    }

    [Fact]
    public async Task Groups_are_open_where_something_is_wrong_and_name_what_they_hold()
    {
        var page = Parse(await Pages.HomeAsync(Samples.Full()));
        Assert.Equal(["m-api", "m-web", "m-data"], page.QuerySelectorAll("details.grp[open]").Select(group => group.Id));
        var group = page.GetElementById("m-mail")!;
        Assert.Equal(("Messaging", "5 services"), (group.QuerySelector("summary h3")!.TextContent, group.QuerySelectorAll("summary small")[1].TextContent));
        Assert.Equal(5, group.QuerySelectorAll("ul.mons > li h4").Length);
        Assert.Single(group.QuerySelectorAll("summary svg.bars"));
        Assert.Equal("45 operational", page.QuerySelector(".tally li:last-child")!.TextContent.Trim());
    }

    [Theory]
    [InlineData(PageLayout.List, "one")]
    [InlineData(PageLayout.Grid, "grid")]
    [InlineData(PageLayout.CompactList, "compact")]
    [InlineData(PageLayout.CompactGrid, "grid compact")]
    public async Task A_layout_is_a_class_on_the_lists_and_nothing_else(PageLayout layout, string look)
    {
        var list = (await Pages.HomeAsync(Samples.Full())).Html;
        Assert.Equal(list.Replace("class=\"lists one\"", $"class=\"lists {look}\"", StringComparison.Ordinal), (await Pages.HomeAsync(Samples.Full() with { Layout = layout })).Html);
    }

    [Fact]
    public async Task Maintenances_and_what_is_resolved_have_a_section_only_where_there_is_one_to_show()
    {
        var page = Parse(await Pages.HomeAsync(Samples.Full()));
        Assert.Equal(["In progress", "Scheduled"], page.QuerySelectorAll("#upcoming .pill").Select(pill => pill.TextContent.Trim()));
        Assert.Equal("28 Nov, 03:40 – 04:40 UTC", page.QuerySelectorAll("#upcoming .meta time")[1].TextContent);
        var bare = Parse(await Pages.HomeAsync(Samples.Calm() with { Resolved = null }));
        Assert.Null(bare.GetElementById("upcoming"));
        Assert.Null(bare.GetElementById("resolved"));
    }

    [Theory]
    [InlineData(404, "Page Not Found", "There is no page at this address.", "/")]
    [InlineData(410, "No Longer Here", "What was here has been removed.", "/")]
    [InlineData(503, "Back in a Moment", "The page cannot be shown right now.", "")]
    public async Task Where_there_is_no_page_one_of_the_same_look_says_so(int status, string heading, string message, string way)
    {
        var page = Parse(await Pages.ErrorAsync(new(Samples.Site(), Audience.Default, status)));
        Assert.Equal((heading, message, $"{heading} – Meridian"), (page.QuerySelector("h1")!.TextContent, page.QuerySelector("#msg + p")!.TextContent, page.Title));
        Assert.Equal(way, page.QuerySelector("main a.btn")!.GetAttribute("href"));
        // A page that goes away by itself takes its reader with it (WCAG 2.2.1).
        Assert.Null(page.QuerySelector("meta[http-equiv=refresh]"));
        Assert.False(page.DocumentElement.HasAttribute("data-live"));
    }

    [Fact]
    public async Task A_picture_for_previews_stands_in_the_head_where_there_is_one()
    {
        var page = Parse(await Pages.HomeAsync(Samples.Full() with { PreviewImage = "https://meridian.example/p.png", Description = "Own words" }));
        Assert.Equal("https://meridian.example/p.png", page.QuerySelector("meta[property='og:image']")!.GetAttribute("content"));
        Assert.Equal("Own words", page.QuerySelector("meta[name=description]")!.GetAttribute("content"));
        Assert.Null(Parse(await Pages.HomeAsync(Samples.Full())).QuerySelector("meta[property='og:image']"));
    }
}
