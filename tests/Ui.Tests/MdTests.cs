using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using CsCheck;
using Kener.Ui.Text;

namespace Kener.Ui.Tests;

public sealed class MdTests
{
    private static readonly string[] Elements =
    [
        "P", "BR", "STRONG", "EM", "DEL", "CODE", "PRE", "BLOCKQUOTE", "UL", "OL", "LI", "H4", "H5", "H6", "A", "HR", "TABLE", "THEAD", "TBODY", "TR", "TH", "TD", "DIV", "SUP",
    ];
    private static readonly string[] Attributes = ["href", "rel", "target", "title", "start", "class", "role", "tabindex", "aria-label", "dir", "id"];

    public static TheoryData<string, string> Pieces => new()
    {
        { "one\ntwo", "<p dir=\"auto\">one<br>two</p>" },
        { "one\r\ntwo", "<p dir=\"auto\">one<br>two</p>" },
        { "**b** *i* ~~s~~ `c`", "<p dir=\"auto\"><strong>b</strong> <em>i</em> <del>s</del> <code>c</code></p>" },
        { "# A", "<h4 dir=\"auto\">A</h4>" },
        { "### A\n# B\n## C", "<h4 dir=\"auto\">A</h4><h4 dir=\"auto\">B</h4><h5 dir=\"auto\">C</h5>" },
        { "[a](https://x.example/)", "<p dir=\"auto\"><a href=\"https://x.example/\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">a</a></p>" },
        { "<me@x.example>", "<p dir=\"auto\"><a href=\"mailto:me@x.example\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">me@x.example</a></p>" },
        { "https://x.example/a", "<p dir=\"auto\"><a href=\"https://x.example/a\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">https://x.example/a</a></p>" },
        { "[a](javascript:alert(1))", "<p dir=\"auto\">a</p>" },
        { "[a](//x.example) [b](ftp://x.example) [c](d)", "<p dir=\"auto\">a b c</p>" },
        { "<javascript:alert(1)>", "<p dir=\"auto\">javascript:alert(1)</p>" },
        { "![alt](https://x.example/i.png)", "<p dir=\"auto\"><a href=\"https://x.example/i.png\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">alt</a></p>" },
        { "![](https://x.example/i.png)", "<p dir=\"auto\"><a href=\"https://x.example/i.png\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">https://x.example/i.png</a></p>" },
        { "[![alt](https://x.example/i.png)](https://x.example/)", "<p dir=\"auto\"><a href=\"https://x.example/\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">alt</a></p>" },
        { "- [x] done\n- [ ] open", "<ul><li class=\"todo\" dir=\"auto\">☑ done</li><li class=\"todo\" dir=\"auto\">☐ open</li></ul>" },
        { "<b>x</b>", "<p dir=\"auto\">&lt;b&gt;x&lt;/b&gt;</p>" },
        { "```js\nlet a\n```", "<pre dir=\"auto\"><code>let a\n</code></pre>" },
        { "> [!WARNING]\n> Careful", "<div class=\"alert warning\" dir=\"ltr\"><p><strong>Warning</strong></p><p dir=\"auto\">Careful</p></div>" },
        { "> [!OTHER]\n> Careful", "<div class=\"alert note\" dir=\"ltr\"><p><strong>Note</strong></p><p dir=\"auto\">Careful</p></div>" },
        { "a\0b\u0007\ud800c", "<p dir=\"auto\">ab\ufffdc</p>" },
        { " ", "" },
    };

    [Theory]
    [MemberData(nameof(Pieces))]
    public void Each_feature_of_Markdown_becomes_HTML_that_a_page_allows(string markdown, string expected)
    {
        var html = Md.Html(markdown, "x");
        Assert.Equal(expected.ReplaceLineEndings("\n"), html.Replace(">\n<", "><", StringComparison.Ordinal).Replace(">\n", ">", StringComparison.Ordinal).Replace("\n<", "<", StringComparison.Ordinal) is var flat && markdown.StartsWith('`') ? html : flat);
    }

    [Fact]
    public void A_table_scrolls_by_itself_and_is_reachable_by_keyboard()
    {
        var table = Parse(Md.Html("| a | b |\n| --- | --- |\n| 1 | 2 |", "x"));
        Assert.Equal("0", table.QuerySelector(".tbl")!.GetAttribute("tabindex"));
        Assert.Equal(["1", "2"], table.QuerySelectorAll("td").Select(td => td.TextContent));
    }

    public static TheoryData<string> Polyglots => [.. Hostile.Polyglots];

    [Theory]
    [MemberData(nameof(Polyglots))]
    public void A_known_attack_comes_out_inert(string attack)
    {
        AssertInert(Md.Html(attack, "x"));
        AssertInert(Md.Html($"[{attack}]({attack})\n\n![{attack}](<{attack}> \"{attack}\")\n\n<{attack}>\n\n| {attack} |\n| --- |\n| {attack} |", "x"));
        AssertInert(Md.Html($"> [!{attack}]\n> {attack}\n\n```{attack}\n{attack}\n```\n\n[x]: {attack}\n[x]", "x"));
    }

    [Fact]
    public void Any_mixture_of_marks_and_attacks_comes_out_inert_and_always_the_same()
    {
        string[] pieces =
        [
            .. Hostile.Polyglots, "# ", "> ", "- ", "1. ", "[", "](", ")", "![", "<", ">", "`", "```", "**", "_", "~~", "|", "| --- |", "\n", "\n\n", "    ", "\t", "[!NOTE]",
            "[^1]", "[x]: ", "&#106;", "&Tab;", "\\", "\"", "'", "http://a.b", "javascript:", "data:text/html,", "\0", "\ud800", "\u202e", "é", "😀", "{onclick=alert(1)}", "{#id}",
        ];
        Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]).Array[0, 24].Select(string.Concat).Sample(text =>
        {
            var html = Md.Html(text, "x");
            AssertInert(html);
            Assert.Equal(html, Md.Html(text, "x"));
            Md.Plain(text, 100);
        }, iter: 3000);
    }

    [Fact]
    public void Any_text_comes_out_inert() => Gen.String.Sample(text =>
    {
        AssertInert(Md.Html(text, "x"));
        Assert.InRange(Md.Plain(text, 80).Length, 0, 80);
    }, iter: 2000);

    public static TheoryData<string> Bombs => [.. Hostile.Bombs.Keys];

    [Theory]
    [MemberData(nameof(Bombs))]
    public async Task A_text_made_to_hang_the_parser_is_rendered_in_time(string name)
    {
        var text = Hostile.Bombs[name];
        AssertInert(await Hostile.EndsAsync(() =>
        {
            Md.Plain(text, 200);
            return Md.Html(text, "x");
        }));
    }

    [Fact]
    public void A_long_text_with_much_markup_is_still_rendered_as_markdown()
    {
        const int LongText = 20_000;
        var section = "## Part\n\nWe **moved** _most_ of the traffic, see [the graph](https://x.example) and `edge-3`:\n\n- 1. one\n- * two\n\n---------------------------------------------\n\n";
        var text = string.Concat(Enumerable.Repeat(section, LongText / section.Length));
        Assert.Equal(LongText / section.Length, Parse(Md.Html(text, "x")).QuerySelectorAll("h4").Length);
    }

    [Theory]
    [InlineData("# A\n\n**b** and [c](https://x.example)\n- d", 100, "A b and c d")]
    [InlineData("one two three four five", 14, "one two three…")]
    [InlineData("abcdefghijklmnop", 8, "abcdefg…")]
    [InlineData("😀😀😀😀😀😀", 6, "😀😀…")]
    [InlineData("", 10, "")]
    public void Plain_text_is_one_line_cut_between_words(string markdown, int most, string expected) => Assert.Equal(expected, Md.Plain(markdown, most));

    private static IElement Parse(string html) => new HtmlParser().ParseDocument("<body>" + html).Body!;

    private static void AssertInert(string html)
    {
        Assert.DoesNotContain('\0', html);
        Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(html)), html);
        foreach (var element in Parse(html).QuerySelectorAll("*"))
        {
            Assert.Contains(element.TagName, Elements);
            foreach (var attribute in element.Attributes) Assert.Contains(attribute.Name, Attributes);
            if (element.GetAttribute("href") is not { } href) continue;
            Assert.Matches("^(?i)(https?:|mailto:|tel:|/(?![/\\\\])|#)", href);
            Assert.Equal(href[0] is '/' or '#' ? null : "noopener noreferrer nofollow", element.GetAttribute("rel"));
        }
    }
}
