using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Kener.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Ui.Tests;

/// <summary>What an owner sets, and the content around every page.</summary>
public sealed class SiteTests
{
    private static readonly PageRenderer Pages = new(new ServiceCollection().BuildServiceProvider());

    private static IDocument Parse(RenderedPage page) => new HtmlParser().ParseDocument(page.Html);

    [Fact]
    public async Task Valid_colors_of_the_owner_replace_the_defaults()
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
    public async Task The_top_bar_shows_only_the_links_pages_and_preferences_that_are_offered()
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
    public async Task Groups_are_open_if_something_is_wrong_and_show_their_members()
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
    public async Task A_layout_changes_only_the_class_of_the_lists(PageLayout layout, string look)
    {
        var list = (await Pages.HomeAsync(Samples.Full())).Html;
        Assert.Equal(list.Replace("class=\"lists one\"", $"class=\"lists {look}\"", StringComparison.Ordinal), (await Pages.HomeAsync(Samples.Full() with { Layout = layout })).Html);
    }

    [Fact]
    public async Task Maintenances_and_resolved_incidents_have_a_section_only_if_they_are_shown()
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
    public async Task An_error_page_has_the_look_of_the_site(int status, string heading, string message, string way)
    {
        var page = Parse(await Pages.ErrorAsync(new(Samples.Site(), Audience.Default, status)));
        Assert.Equal((heading, message, $"{heading} – Meridian"), (page.QuerySelector("h1")!.TextContent, page.QuerySelector("#msg + p")!.TextContent, page.Title));
        Assert.Equal(way, page.QuerySelector("main a.btn")!.GetAttribute("href"));
        // A page that reloads by itself would interrupt its reader (WCAG 2.2.1).
        Assert.Null(page.QuerySelector("meta[http-equiv=refresh]"));
        Assert.False(page.DocumentElement.HasAttribute("data-live"));
    }

    [Fact]
    public async Task A_preview_image_is_in_the_head_if_there_is_one()
    {
        var page = Parse(await Pages.HomeAsync(Samples.Full() with { PreviewImage = "https://meridian.example/p.png", Description = "Own words" }));
        Assert.Equal("https://meridian.example/p.png", page.QuerySelector("meta[property='og:image']")!.GetAttribute("content"));
        Assert.Equal("Own words", page.QuerySelector("meta[name=description]")!.GetAttribute("content"));
        Assert.Null(Parse(await Pages.HomeAsync(Samples.Full())).QuerySelector("meta[property='og:image']"));
    }
}
