using CsCheck;

namespace Kener.Contracts.Tests;

public sealed class MarkdownBoundsTests
{
    private static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));

    public static TheoryData<string, string> TooMuch => new()
    {
        { "more than 65536 characters", new string('a', 65_537) },
        { "more than 4000 lines", Repeat("a\n", 4_000) },
        { "more than 32 levels of quotes and lists in a line", "a\n\n" + Repeat("> ", 33) + "x" },
        { "more than 32 levels of quotes and lists in a line", Repeat("- ", 33) + "x" },
        { "more than 32 levels of quotes and lists in a line", Repeat("1. ", 33) + "x" },
        { "more than 32 levels of quotes and lists in a line", "[^1]: " + Repeat("> ", 32) },
        { "more than 32 levels of quotes and lists in a line", string.Join('\n', Enumerable.Range(0, 350).Select(i => new string(' ', i) + "- x")) },
        { "more than 4000 marks of emphasis, code, links, quotes and lists", Repeat("*a* ", 2_001) },
        { "more than 4000 marks of emphasis, code, links, quotes and lists", Repeat("www.a.b ", 4_001) },
        { "more than 4000 marks of emphasis, code, links, quotes and lists", Repeat("a@b.c ", 4_001) },
        { "more than 4000 marks of emphasis, code, links, quotes and lists", Repeat(Repeat("> ", 30) + "a\n", 134) },
        { "more than 32 columns in a table", Repeat("|a", 400) + "\n" + Repeat("|-", 400) + "\n" + Repeat("|b\n", 800) },
        { "more than 32 columns in a table", "|a\n|-\n" + Repeat("|b", 33) },
        { "more than 32 columns in a table", "> - " + Repeat("|a", 33) + "\n> - " + Repeat("|-\u0001", 33) },
        { "more than 2000 cells in its tables", Repeat("|a", 20) + "\n" + Repeat("|-", 20) + "\n" + Repeat("|b\n", 100) },
        { "more than 2000 cells in its tables", Repeat("|a|b|\n|-|-|\n|1|2|\n\n", 340) },
        { "more than 65536 characters of repeated link definitions", "[a]: /" + new string('x', 1_900) + "\n\n" + Repeat("[a] ", 100) },
        { "more than 65536 characters of repeated link definitions", "[a]:\n</" + new string('x', 1_900) + ">\n\n" + Repeat("[a]: ", 100) },
        { "more than 65536 characters of repeated link definitions", "> [a]: /b\n> \"" + new string('x', 900) + "\"\n\n" + Repeat("[a](b c d) ", 100) },
        { "more than 65536 characters of repeated link definitions", "[a]: /" + Repeat("&amp;", 1_900) + "\n\n" + Repeat("[a] ", 100) },
    };

    [Theory]
    [MemberData(nameof(TooMuch))]
    public void The_limit_that_a_text_exceeds_is_named(string expected, string text) => Assert.Equal(expected, MarkdownBounds.Exceeded(text));

    public static TheoryData<string> Usual =>
    [
        "", "Hello\r\nthere", new string('a', 65_536), Repeat("a\n", 3_999),
        Repeat("|a", 32) + "|\n" + Repeat("|-", 32) + "|\n" + Repeat(Repeat("|b", 32) + "|\n", 60),
        // None of these is a table or a nested list.
        Repeat("cat log | sort | uniq -c | sort -n | tail\n", 1_000), new string('-', 500), Repeat("* ", 200), new string('.', 500), "+" + Repeat("-----+", 40),
        Repeat("12:30:45 INFO [main] request_id=4 took 12 ms, see edge-3\n", 1_000),
        Repeat("See [the plan][plan] and note[^1].\n\n", 60) + "[plan]: https://status.example.com/plans/2026/november \"The plan\"\n\n[^1]: " + Repeat("A note of many words. ", 100),
        Repeat("## Part\n\nWe **moved** _most_ of it, see [the graph](https://x.example) and `edge-3`:\n\n- one\n- two\n\n", 300),
    ];

    [Theory]
    [MemberData(nameof(Usual))]
    public void Ordinary_texts_are_within_the_limits(string text) => Assert.Null(MarkdownBounds.Exceeded(text));

    [Fact]
    public void Any_text_can_be_checked_and_control_characters_change_nothing() => Gen.String.Array[0, 20].Select(string.Concat).Sample(text =>
        Assert.Equal(MarkdownBounds.Exceeded(MarkdownBounds.Clean(text)), MarkdownBounds.Exceeded(text)), iter: 2_000);
}
