using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Kener.Ui.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Ui.Tests;

/// <summary>
/// Links in users' Markdown lead to this site, within the text, to other sites, to mail addresses and to phone numbers, and never elsewhere.
/// </summary>
public sealed class MdLinkTests
{
    private const string Outside = "rel=\"noopener noreferrer nofollow\" target=\"_blank\"";

    private static IElement Read(string markdown, string ids = "t") => new HtmlParser().ParseDocument("<body>" + Md.Html(markdown, ids)).Body!;

    [Theory]
    [InlineData("[a](/incidents/3)", "<a href=\"/incidents/3\">a</a>")]
    [InlineData("[a](/incidents/3#updates \"b\")", "<a href=\"/incidents/3#updates\" title=\"b\">a</a>")]
    [InlineData("[a][b]\n\n[b]: /europe?x=1", "<a href=\"/europe?x=1\">a</a>")]
    [InlineData("[a](#m-api)", "<a href=\"#m-api\">a</a>")]
    [InlineData("[a](tel:+49-30-1234)", "<a href=\"tel:+49-30-1234\" " + Outside + ">a</a>")]
    [InlineData("[a](<tel:+49 30 1234>)", "<a href=\"tel:+49%2030%201234\" " + Outside + ">a</a>")]
    [InlineData("<tel:112>", "<a href=\"tel:112\" " + Outside + ">tel:112</a>")]
    [InlineData("[a](mailto:me@x.example)", "<a href=\"mailto:me@x.example\" " + Outside + ">a</a>")]
    [InlineData("[a](HTTPS://x.example/b)", "<a href=\"HTTPS://x.example/b\" " + Outside + ">a</a>")]
    [InlineData("![a](/graph.png)", "<a href=\"/graph.png\">a</a>")]
    public void A_link_leads_where_its_author_said(string markdown, string expected) => Assert.Equal($"<p dir=\"auto\">{expected}</p>", Md.Html(markdown, "t"));

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("///evil.example")]
    [InlineData("\\\\\\\\evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/&#92;evil.example")]
    [InlineData("/&#9;/evil.example")]
    [InlineData("/&#10;/evil.example")]
    [InlineData("/&Tab;/evil.example")]
    [InlineData("&#47;&#47;evil.example")]
    [InlineData("/\u00a0/evil.example")]
    [InlineData("/\u2028/evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData("java&#9;script:alert(1)")]
    [InlineData("java&NewLine;script:alert(1)")]
    [InlineData("&#1;javascript:alert(1)")]
    [InlineData("javascript&colon;alert(1)")]
    [InlineData("&#x6A;avascript:alert(1)")]
    [InlineData("#&#10;javascript:alert(1)")]
    [InlineData("vbscript:msgbox(1)")]
    [InlineData("data:text/html;base64,PHN2Zz4=")]
    [InlineData("blob:https://x.example/1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://x.example")]
    [InlineData("view-source:https://x.example")]
    [InlineData("tel&#9;:1")]
    [InlineData("te&#0;l:1")]
    [InlineData("mail&#13;to:a@x.example")]
    [InlineData("ht&#8203;tps://x.example")]
    [InlineData("incidents/3")]
    [InlineData("../admin")]
    [InlineData("?x=1")]
    public void A_hostile_link_is_text(string address)
    {
        foreach (var markdown in new[] { $"[a](<{address}>)", $"[a]({address})", $"![a](<{address}>)", $"[a]\n\n[a]: <{address}>", $"<{address}>", $"[a][^1]\n\n[^1]: [b](<{address}>)", $"# [a](<{address}>)" })
        {
            foreach (var link in Read(markdown).QuerySelectorAll("a[href]"))
                Assert.Matches("^#t-[nr]1$|^http://localhost", link.GetAttribute("href"));
        }
        var footer = new HtmlParser().ParseDocument($"<body>{FooterText.Html($"<p><a href=\"{address.Replace("\\\\", "\\", StringComparison.Ordinal)}\">a</a>")}").Body!;
        Assert.Null(footer.QuerySelector("a")!.GetAttribute("href"));
    }

    [Fact]
    public void A_footer_may_link_to_this_site_and_to_phone_numbers() => Assert.Equal(
        """<p dir="auto"><a href="/imprint" rel="noopener noreferrer">a</a><a href="#now" rel="noopener noreferrer">b</a><a href="tel:+4930" rel="noopener noreferrer">c</a></p>""",
        FooterText.Html("<p><a href='/imprint'>a</a><a href='#now'>b</a><a href='tel:+4930'>c</a></p>"));

    [Fact]
    public void A_link_to_a_heading_of_the_text_finds_it()
    {
        var text = Read("[a](#what-happened) [b](#what-happened-1) [c](#own) [d](#מה-קרה) [e](#nothing)\n\n# What *happened*?\n\n## What happened\n\n## Third {#own}\n\n## מה קרה\n\n## Not named");
        Assert.Equal(["#t-what-happened", "#t-what-happened-1", "#t-own", "#t-מה-קרה", "#nothing"], text.QuerySelectorAll("a").Select(a => Uri.UnescapeDataString(a.GetAttribute("href")!)));
        Assert.Equal(["t-what-happened", "t-what-happened-1", "t-own", "t-מה-קרה", ""], text.QuerySelectorAll("h4, h5").Select(heading => heading.Id ?? ""));
        Assert.Equal("Third", text.QuerySelector("#t-own")!.TextContent);
    }

    [Fact]
    public void A_footnote_has_references_and_one_back_link()
    {
        var text = Read("One[^a], two[^b], one again[^a].\n\n[^b]: Second **note**.\n[^a]: First note.\n\n    With two parts.\n\n[^c]: Not named.");
        Assert.Equal(["1", "2", "1"], text.QuerySelectorAll("sup > a[role=doc-noteref]").Select(a => a.TextContent));
        Assert.Equal(["#t-n1", "#t-n2", "#t-n1"], text.QuerySelectorAll("sup > a").Select(a => a.GetAttribute("href")));
        Assert.Equal(["t-n1", "t-n2"], text.QuerySelectorAll("ol.notes > li").Select(li => li.Id));
        Assert.Equal(["#t-r1", "#t-r2"], text.QuerySelectorAll("ol.notes a[role=doc-backlink]").Select(a => a.GetAttribute("href")));
        Assert.All(text.QuerySelectorAll("a"), a => Assert.NotNull(text.QuerySelector(a.GetAttribute("href")!)));
        Assert.Equal("One, two, one again.", Md.Plain("One[^a], two[^b], one again[^a].\n\n[^b]: Second.\n[^a]: First.", 100));
    }

    [Fact]
    public async Task Ids_are_unique_on_a_page_with_equal_texts()
    {
        const string Same = "[a](#part) b[^1]\n\n# Part\n\n[^1]: c";
        var incident = Samples.Payments().With(same => same with { Updates = [new(1, 0, default, Same), new(2, 0, default, Same)] });
        var view = Samples.Full() with
        {
            Subheader = Same,
            Ongoing = [incident, incident.With(same => same with { Id = 2 })],
            Upcoming = [Samples.Upcoming()[0] with { Markdown = Same }],
            Resolved = [incident.With(same => same with { Id = 3 })],
            Site = Samples.Site() with { Footer = Same },
        };
        var page = new HtmlParser().ParseDocument((await new PageRenderer(new ServiceCollection().BuildServiceProvider()).HomeAsync(view)).Html);
        var ids = page.QuerySelectorAll("[id]").Select(element => element.Id!).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.Equal(7, page.QuerySelectorAll(".md [id$=-part]").Length);
        Assert.All(page.QuerySelectorAll(".md a[href^='#']"), a => Assert.NotNull(page.GetElementById(a.GetAttribute("href")![1..])));
    }
}
