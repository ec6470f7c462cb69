using AngleSharp.Html.Parser;
using CsCheck;
using Kener.Contracts;
using Kener.Ui.Text;

namespace Kener.Ui.Tests;

/// <summary>No text can make a page long or slow by parts that multiply.</summary>
public sealed class MdBoundsTests
{
    private const int Length = 65_536;

    private static string Fill(string part, int length = Length) => string.Concat(Enumerable.Repeat(part, length / part.Length));

    private static readonly Dictionary<string, string> Texts = new()
    {
        ["the table of the report"] = Fill("|a", 800) + "\n" + Fill("|-", 800) + "\n" + Fill("|b\n", 2_400),
        ["a wide table"] = Fill("|a", 20_000) + "\n" + Fill("|-", 20_000) + "\n" + Fill("|b\n", 25_000),
        ["a head and a wide body"] = "|a\n|-\n" + Fill("|b\n", 20_000) + Fill("|c", 40_000),
        ["as many cells as may be"] = Fill("|a", 64) + "\n" + Fill("|-", 64) + "\n" + Fill("|b\n", 180),
        ["a table in a quote in a list"] = "- > " + Fill("|a", 300) + "\n  > " + Fill("|-", 300) + "\n" + Fill("  > |b\n", 10_000),
        ["small tables"] = Fill("|a|b|\n|-|-|\n\n"),
        ["a table by colons"] = Fill("a|", 20_000) + "\n" + Fill(":-:|", 40_000) + "\n" + Fill("b\n", 4_000),
        ["pipes"] = new('|', Length),
        ["uses of a long definition"] = "[a]: /" + new string('x', 30_000) + "\n\n" + Fill("[a] ", 30_000),
        ["uses of a long title"] = "[a]: /b \"" + new string('x', 30_000) + "\"\n\n" + Fill("[a] ", 30_000),
        ["uses of a title of many lines"] = "[a]: /b '" + Fill("&quot;\n", 30_000) + "'\n\n" + Fill("[a] ", 8_000),
        ["uses of a definition that grows in HTML"] = "[a]: /" + new string('中', 1_990) + "\n\n" + Fill("[a] ", 1_000),
        ["images of a definition"] = "[a]: /" + new string('x', 1_900) + "\n\n" + Fill("![a][a] ", 10_000),
        ["definitions by the dozen"] = string.Concat(Enumerable.Range(0, 1_300).Select(i => $"[a{i}]: /{i}\n")) + string.Concat(Enumerable.Range(0, 1_300).Select(i => $"[a{i}]")),
        ["uses of a footnote"] = "[^1]: x\n\n" + Fill("[^1] ", 65_500),
        ["as many uses of a footnote as may be"] = "[^1]: x\n\n" + Fill("[^1] ", 9_900),
        ["footnotes in footnotes"] = string.Concat(Enumerable.Range(0, 900).Select(i => $"[^{i}]: [^{i + 1}]\n\n")) + "[^0]",
        ["footnotes of lists"] = Fill("[^1]: " + Fill("- ", 60) + "\n") + "[^1]",
        ["a footnote named so"] = "[b]: /x\n[^a]: /" + new string('y', 1_900) + "\n\n" + Fill("[^a] ", 10_000),
        ["lists in lists"] = Fill(Fill("- ", 64) + "x\n"),
        ["quotes in quotes"] = Fill(new string('>', 32) + "x\n\n"),
        ["as many quotes as may be"] = Fill(new string('>', 32) + "x\n\n", 4_300),
        ["as many list items as may be"] = Fill("-\n", 7_990),
        ["indented lists"] = string.Join('\n', Enumerable.Range(0, 350).Select(i => new string(' ', i) + "- x")),
        ["emphasis"] = Fill("*a_ "),
        ["as much emphasis as may be"] = Fill("*a_ ", 8_000),
        ["strong emphasis"] = Fill("*a **a "),
        ["nested emphasis"] = new string('*', 32_000) + "a" + new string('*', 32_000),
        ["brackets"] = new('[', Length),
        ["nested links"] = Fill("[a]("),
        ["addresses"] = Fill("www.a.b "),
        ["as many addresses as may be"] = Fill("www.a.b ", 31_900),
        ["mail addresses"] = Fill("<a@b.c>"),
        ["phone numbers"] = Fill("tel:1 "),
        ["lines"] = Fill("a\n"),
        ["as many lines as may be"] = Fill("a\n", 7_990),
        ["headings"] = Fill("#\n", 7_990),
        ["headings that are named"] = Fill("# a\n", 15_000) + "[x](#a-3000)",
        ["fences"] = Fill("```\n", 15_000),
        ["alerts"] = Fill("> [!NOTE]\n> a\n\n", 20_000),
        ["ampersands"] = new('&', Length),
        ["spaces that do not break"] = "a" + new string('\u00a0', Length - 2) + "b",
        ["quotation marks"] = new('"', Length),
        ["backticks"] = string.Concat(Enumerable.Range(1, 350).Select(i => new string('`', i) + "a")),
        ["blank lines"] = new('\n', Length),
    };

    public static TheoryData<string> Names => [.. Texts.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_text_that_multiplies_has_bounded_html_and_is_rejected_if_it_is_shown_as_code(string name)
    {
        var text = Texts[name];
        Assert.InRange(text.Length, 0, Length);
        foreach (var html in new[] { Md.Html(text, "inc-1-1"), Md.WithoutHeadings(text, "intro"), FooterText.Html(text) })
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {text.Length} in, {html.Length} out, {MarkdownBounds.Exceeded(text) ?? "accepted"}");
            Assert.InRange(html.Length, 0, MarkdownBounds.MaxHtml(text.Length));
            if (MarkdownBounds.Exceeded(text) is not null && !string.IsNullOrWhiteSpace(text))
                Assert.Equal(text.Trim(), new HtmlParser().ParseDocument("<body>" + html).QuerySelector("body > pre > code:only-child")!.TextContent);
        }
        Assert.InRange(Md.Plain(text, 200).Length, 0, 200);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_accepted_text_is_shown_as_markdown(string name)
    {
        var text = Texts[name];
        if (MarkdownBounds.Exceeded(text) is null) Assert.False(IsCode(Md.Html(text, "inc-1-1")), name);
    }

    [Fact]
    public void Any_mixture_of_multiplying_parts_has_bounded_html()
    {
        string[] pieces =
        [
            "|a", "|-", "|\n", "\n", "\n\n", "[a]", "[a]: /", "[^1]", "[^1]: ", "> ", "- ", "1. ", "*a", "_", "`", "~~", "www.a.b ", "tel:1 ", "<a@b.c> ", "# ", "    ", "\"", "'", "(", ")", "](", "&quot;", "&",
            "x", "中", "\u05d0", "[!NOTE]", "```", "\\", "[ ] ",
        ];
        var run = Gen.Select(Gen.Int[0, pieces.Length - 1], Gen.Int[1, 4], (i, times) => (Piece: pieces[i], Times: (int)Math.Pow(6, times - 1)));
        run.Array[1, 14].Select(runs => string.Concat(runs.Select(each => string.Concat(Enumerable.Repeat(each.Piece, each.Times))))).Array[1, 3]
            .Select(parts => Fill(string.Concat(parts), Math.Max(string.Concat(parts).Length, 6_000)))
            .Sample(text => Assert.InRange(Md.Html(text, "inc-1-1").Length, 0, MarkdownBounds.MaxHtml(text.Length)), iter: 400);
    }

    private static bool IsCode(string html) => html.StartsWith("<pre dir=\"auto\"><code>", StringComparison.Ordinal) && html.IndexOf("</code></pre>", StringComparison.Ordinal) == html.Length - 13;

    private static readonly Dictionary<string, string> Footers = new()
    {
        ["attributes"] = "<p " + string.Concat(Enumerable.Range(0, 9_000).Select(i => $"a{i} ")) + ">x",
        ["one attribute"] = "<p " + Fill("a ", 64_000) + ">x",
        ["emphasis that is not closed"] = "<p>" + string.Concat(Enumerable.Range(0, 200).Select(i => $"<b title={i}>")) + Fill("<p>x", 780),
        ["a long title that is not closed"] = "<p><b title='" + new string('x', 60_000) + "'>" + Fill("<p>x", 1_560),
        ["titles that are not closed"] = "<p>" + string.Concat(Enumerable.Range(0, 150).Select(i => $"<b title='{i}{new string('y', 290)}'>")) + Fill("<p>x", 900),
        ["links that are not closed"] = "<div><a href='/" + new string('y', 1_900) + "'>" + Fill("<div>x</div>", 4_000),
        ["nested blocks"] = Fill("<div>", 1_995) + new string('x', 60_000),
        ["nested lists"] = Fill("<ul><li>", 1_590),
        ["nested links"] = Fill("<a href=/x>", 4_300),
        ["crossed tags"] = Fill("<b>", 390) + Fill("<p>", 390) + Fill("</b>", 520),
        ["tables"] = Fill("<table><td>", 2_180),
        ["tables around text"] = Fill("<table>", 1_390) + new string('x', 60_000),
        ["options"] = Fill("<select><option>", 3_180),
        ["a comment"] = "<!--" + new string('-', 65_000),
        ["plain text"] = "<plaintext>" + new string('x', 60_000),
        ["ampersands"] = "<p>" + new string('&', 65_000),
        ["spaces that do not break"] = "<p>" + new string('\u00a0', 65_000),
        ["quotation marks"] = "<a title='" + new string('"', 65_000) + "'>x",
        ["pictures"] = Fill("<svg><math>", 2_180),
        ["templates"] = Fill("<template>", 3_990),
        ["a long name"] = "<" + new string('a', 65_000) + ">x",
        ["line breaks"] = Fill("<br>", 1_600) + new string('x', 60_000),
        ["too many tags"] = Fill("<br>"),
    };

    public static TheoryData<string> FooterNames => [.. Footers.Keys];

    [Theory]
    [MemberData(nameof(FooterNames))]
    public void A_footer_that_multiplies_has_bounded_html_and_is_rejected_if_it_is_shown_as_code(string name)
    {
        var text = Footers[name];
        Assert.InRange(text.Length, 0, Length);
        var html = FooterText.Html(text);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {text.Length} in, {html.Length} out, {FooterText.Exceeded(text) ?? "accepted"}");
        Assert.InRange(html.Length, 0, MarkdownBounds.MaxHtml(text.Length));
        Assert.Equal(FooterText.Exceeded(text) is not null, html.StartsWith("<pre", StringComparison.Ordinal));
    }
}
