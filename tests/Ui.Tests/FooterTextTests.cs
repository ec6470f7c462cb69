using AngleSharp.Html.Parser;
using Kener.Ui.Text;

namespace Kener.Ui.Tests;

public sealed class FooterTextTests
{
    private static readonly string[] Elements = ["p", "br", "strong", "b", "em", "i", "small", "span", "div", "ul", "ol", "li", "a", "hr", "code", "pre", "blockquote", "del"];
    private static readonly string[] Attributes = ["href", "title", "lang", "rel", "target", "dir"];

    public static TheoryData<string> Polyglots => [.. Hostile.Polyglots];

    public static TheoryData<string> Bombs => [.. Hostile.Bombs.Keys];

    [Fact]
    public void Html_keeps_text_links_and_emphasis()
    {
        Assert.Equal(
            """<p dir="auto">© <b>Us</b> · <a href="/imprint" rel="noopener noreferrer">Imprint</a></p>""",
            FooterText.Html("""<p class="x" style="color:red">© <b>Us</b> · <a href="/imprint" onclick="x()">Imprint</a></p><script>alert(1)</script><style>p{}</style>"""));
        Assert.Equal("<div dir=\"auto\">One <span>two</span></div>", FooterText.Html("<div dir=\"auto\">One <span id=main>two</span><img src=x><iframe src=y>z</iframe></div>"));
    }

    [Fact]
    public void Text_without_tags_is_Markdown() =>
        Assert.Equal("<p dir=\"auto\"><strong>Us</strong></p>\n<p dir=\"auto\">© <em>2026</em></p>", FooterText.Html("# Us\n© *2026*"));

    [Theory]
    [MemberData(nameof(Polyglots))]
    public void A_known_attack_comes_out_inert(string attack)
    {
        foreach (var text in new[] { attack, "<p>" + attack, $"<a href=\"{attack}\">x</a>", $"<a href='{attack}'>x</a>", $"<div title={attack}>" })
        {
            foreach (var element in new HtmlParser().ParseDocument("<body>" + FooterText.Html(text)).Body!.QuerySelectorAll("*"))
            {
                Assert.Contains(element.LocalName, Elements);
                Assert.All(element.Attributes, attribute => Assert.Contains(attribute.Name, Attributes));
                if (element.GetAttribute("href") is { } href) Assert.DoesNotMatch(@"^(?i)[\s\x00-\x20]*(javascript|vbscript|data):", href);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task A_text_made_to_hang_the_parser_is_rendered_in_time(string name)
    {
        await Hostile.EndsAsync(() => FooterText.Html(Hostile.Bombs[name]));
        await Hostile.EndsAsync(() => FooterText.Html("<p>" + Hostile.Bombs[name]));
    }
}
