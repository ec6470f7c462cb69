using System.Globalization;
using CsCheck;
using Kener.TestKit;

namespace Kener.Contracts.Tests;

/// <summary>Uptime formulas and the text of uptime (Behavior: UPT-3 to UPT-5).</summary>
public sealed class UptimeTests
{
    private static readonly string[] Names = ["up", "down", "degraded", "maintenance"];
    private static readonly Gen<string> Gap = Gen.OneOf("", " ", "  ", "\t");
    private static readonly Gen<char> Operator = Gen.OneOf('+', '-', '*', '/');

    private static readonly Gen<(string[] Words, char[] Operators)> Formula = Gen.Int[1, 6].SelectMany(length =>
        Gen.Select(Gen.OneOf(Names).Array[length], Operator.Array[length - 1]));

    private static readonly DayCounts Some = new(Up: 1000, Degraded: 40, Down: 300, Maintenance: 100);

    [Fact]
    public void A_formula_follows_the_rules_of_arithmetic() => Gen.Select(Formula, Given.Counts, Gap, Gen.Bool).Sample((formula, counts, gap, upper) =>
    {
        var text = formula.Words[0];
        for (var i = 0; i < formula.Operators.Length; i++) text += gap + formula.Operators[i] + gap + formula.Words[i + 1];
        if (upper) text = text.ToUpperInvariant();
        var percent = Uptime.Percent(counts, text, null);
        return counts.Total == 0 ? percent is null : percent is { } value && Near(value, Naive(formula.Words, formula.Operators, counts) / counts.Total * 100);
    }, iter: Scale.Of(50_000));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("up +")]
    [InlineData("+ up")]
    [InlineData("up up")]
    [InlineData("up ++ down")]
    [InlineData("(up)")]
    [InlineData("up * 2")]
    [InlineData("100")]
    [InlineData("uptime")]
    [InlineData("up; down")]
    [InlineData("up\0")]
    [InlineData("úp")]
    [InlineData("constructor")]
    public void An_invalid_formula_is_replaced_by_the_default(string text)
    {
        Assert.False(Uptime.IsFormula(text));
        Assert.Equal(Uptime.Percent(Some), Uptime.Percent(Some, text, text));
    }

    [Fact]
    public void A_formula_that_is_too_long_is_invalid() =>
        Assert.False(Uptime.IsFormula(string.Join("+", Enumerable.Repeat("up", 100_000))));

    [Fact]
    public void Any_text_gives_a_finite_number_or_null() => Gen.Select(Gen.String, Gen.String, Given.Counts).Sample((top, bottom, counts) =>
        Uptime.Percent(counts, top, bottom) is not { } percent || double.IsFinite(percent), iter: Scale.Of(20_000));

    [Fact]
    public void Any_mixture_of_parts_of_a_formula_gives_a_finite_number_or_null()
    {
        var piece = Gen.OneOf(Gen.OneOf(Names), Operator.Select(sign => sign.ToString()), Gap, Gen.OneOf("(", ")", "1", "NaN"));
        var text = piece.Array[0, 40].Select(pieces => string.Concat(pieces));
        Gen.Select(text, text, Given.Counts).Sample((top, bottom, counts) =>
            Uptime.Percent(counts, top, bottom) is not { } percent || double.IsFinite(percent), iter: Scale.Of(50_000));
    }

    [Fact]
    public void A_formula_that_overflows_gives_null()
    {
        var huge = string.Join("*", Enumerable.Repeat("up", 160));
        Assert.True(Uptime.IsFormula(huge));
        Assert.Null(Uptime.Percent(Some, huge));
        Assert.Null(Uptime.Percent(Some, huge, huge));
    }

    [Fact]
    public void The_default_formula_leaves_out_only_downtime() => Given.Counts.Sample(counts => counts.Total == 0
        ? Uptime.Percent(counts) is null
        : Uptime.Percent(counts) is { } percent && Near(percent, 100.0 * (counts.Total - counts.Down) / counts.Total), iter: Scale.Of(10_000));

    [Fact]
    public void Dividing_by_zero_within_a_formula_gives_zero() =>
        Assert.Equal(100, Uptime.Percent(new DayCounts(10, 0, 0, 0), "up + up / down", "up"));

    [Fact]
    public void A_denominator_of_zero_gives_no_uptime() => Assert.Equal("-", Uptime.Text(Uptime.Percent(Some, "up", "up - up")));

    [Theory]
    [InlineData(null, "-")]
    [InlineData(0d, "0")]
    [InlineData(100d, "100")]
    [InlineData(50d, "50")]
    [InlineData(12.5, "12.5")]
    [InlineData(200 / 3d, "66.6667")]
    [InlineData(99.99, "99.99")]
    [InlineData(99.999999, "99.9999")]
    [InlineData(99.9, "99.9")]
    [InlineData(0.00001, "0")]
    [InlineData(-0.00001, "0")]
    [InlineData(-50d, "-50")]
    [InlineData(250d, "250")]
    public void Uptime_is_formatted_with_up_to_four_decimals(double? percent, string text) => Assert.Equal(text, Uptime.Text(percent));

    [Fact]
    public void The_text_does_not_depend_on_the_culture_of_the_machine()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Equal("66.6667", Uptime.Text(200 / 3d));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void A_minute_of_downtime_never_shows_as_100() => Gen.Int[1, 5_000_000].Sample(up =>
        Uptime.Text(Uptime.Percent(new DayCounts(up, 0, 1, 0))) != "100", iter: Scale.Of(10_000));

    private static bool Near(double a, double b) => a == b || Math.Abs(a - b) <= 1e-9 * Math.Max(Math.Abs(a), Math.Abs(b));

    /// <summary>Evaluates in two passes over a list, as on paper: first all products, then all sums.</summary>
    private static double Naive(string[] words, char[] operators, DayCounts counts)
    {
        var values = words.Select(word => (double)(word switch { "up" => counts.Up, "down" => counts.Down, "degraded" => counts.Degraded, _ => counts.Maintenance })).ToList();
        var signs = operators.ToList();
        for (var i = 0; i < signs.Count;)
        {
            if (signs[i] is '+' or '-')
            {
                i++;
                continue;
            }
            values[i] = signs[i] == '*' ? values[i] * values[i + 1] : values[i + 1] == 0 ? 0 : values[i] / values[i + 1];
            values.RemoveAt(i + 1);
            signs.RemoveAt(i);
        }
        var sum = values[0];
        for (var i = 0; i < signs.Count; i++) sum += signs[i] == '+' ? values[i + 1] : -values[i + 1];
        return sum;
    }
}
