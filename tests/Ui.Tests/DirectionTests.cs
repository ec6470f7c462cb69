using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Kener.Ui.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Kener.Ui.Tests;

/// <summary>Hebrew and Arabic beside English: each text has its own direction.</summary>
public sealed class DirectionTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly PageRenderer Pages = new(new ServiceCollection().BuildServiceProvider());

    public static TheoryData<string, string> Blocks => new()
    {
        { "שלום", "<p dir=\"auto\">שלום</p>" },
        { "# שלום", "<h4 dir=\"auto\">שלום</h4>" },
        { "- שלום\n- hi", "<ul><li dir=\"auto\">שלום</li><li dir=\"auto\">hi</li></ul>" },
        { "- שלום\n\n- 1) hi", "<ul><li dir=\"rtl\"><p dir=\"auto\">שלום</p></li><li dir=\"ltr\"><ol><li dir=\"auto\">hi</li></ol></li></ul>" },
        { "> שלום", "<blockquote dir=\"rtl\"><p dir=\"auto\">שלום</p></blockquote>" },
        { "> 12 hi", "<blockquote dir=\"ltr\"><p dir=\"auto\">12 hi</p></blockquote>" },
        { "> [!TIP]\n> مرحبا", "<div class=\"alert tip\" dir=\"rtl\"><p><strong>Tip</strong></p><p dir=\"auto\">مرحبا</p></div>" },
        { "```\nשלום\n```", "<pre dir=\"auto\"><code>שלום</code></pre>" },
        {
            "| שם | b |\n| --- | --- |\n| 1 | c |",
            "<div class=\"tbl\" role=\"group\" aria-label=\"Table\" tabindex=\"0\" dir=\"rtl\"><table><thead><tr><th dir=\"auto\">שם</th><th dir=\"auto\">b</th></tr></thead><tbody><tr><td dir=\"auto\">1</td><td dir=\"auto\">c</td></tr></tbody></table></div>"
        },
    };

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Each_block_of_a_text_has_its_direction(string markdown, string expected) =>
        Assert.Equal(expected, Md.Html(markdown, "x").Replace("\n", "", StringComparison.Ordinal));

    [Theory]
    [InlineData("<p>שלום<li>b<div dir=ltr>c", "<p dir=\"auto\">שלום</p><li dir=\"auto\">b<div dir=\"ltr\">c</div></li>")]
    [InlineData("שלום", "<p dir=\"auto\">שלום</p>")]
    public void Each_block_of_a_footer_has_its_direction(string text, string expected) => Assert.Equal(expected, FooterText.Html(text));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_text_of_a_user_has_its_own_direction(bool global)
    {
        var view = Samples.RightToLeft();
        if (!global) view = view with { GlobalIncident = null };
        foreach (var rendered in new[] { await Pages.HomeAsync(view), await Pages.IncidentAsync(new(view.Site, view.Audience, view.Ongoing[0])) })
        {
            var page = new HtmlParser().ParseDocument(rendered.Html);
            var texts = page.All.Where(element => element.LocalName is not ("script" or "style"))
                .SelectMany(element => element.ChildNodes.OfType<IText>()).Where(text => text.Data.Any(c => c is >= '\u0590' and <= '\u08ff')).ToList();
            Assert.InRange(texts.Count, 15, 500);
            Assert.All(texts, text => Assert.True(text.ParentElement!.Closest("[dir=auto], [dir=rtl], bdi, [aria-hidden]") is not null, $"{text.Data} in {text.ParentElement!.OuterHtml}"));
        }
    }

    [Fact]
    public async Task A_browser_lays_each_text_out_in_its_direction()
    {
        await using var sheet = await browser.OpenAsync(await Pages.HomeAsync(Samples.RightToLeft()), 1280, ColorScheme.Light);
        async Task<string> DirectionOf(string selector) => await sheet.Page.Locator(selector).First.EvaluateAsync<string>("e => getComputedStyle(e).direction");
        foreach (var hebrew in new[] { ".brand span", ".hero .head", ".intro p", ".inc h2", ".aff bdi", ".tl p", ".tl blockquote", ".tl .tbl", ".tl ol li", ".nm h3", ".nm small", "#resolved h3", "#resolved p", ".news strong", ".own p", ".nav a" })
            Assert.Equal((hebrew, "rtl"), (hebrew, await DirectionOf(hebrew)));
        foreach (var english in new[] { "html", "#msg", ".now", ".tl > li", ".tl pre", "#m-api h4", ".scale" })
            Assert.Equal((english, "ltr"), (english, await DirectionOf(english)));
        // In a list whose items differ in direction, each marker is on the side of its item.
        var marks = await sheet.Page.Locator(".tl ul li").EvaluateAllAsync<string[]>("items => items.map(e => { const s = getComputedStyle(e); return `${s.marginLeft != '0px'} ${s.marginRight != '0px'}` })");
        Assert.Equal(["false true", "true false"], marks);
    }
}
