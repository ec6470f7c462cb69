using System.Globalization;

namespace Kener.Contracts;

/// <summary>
/// Uptime as a share of counted minutes, by the operator's formula (Behavior: UPT-4): the words up, down, degraded and maintenance joined by
/// + - * /, where * and / bind first; no numbers, no parentheses, any case. A formula that does not parse is replaced by the default.
/// </summary>
public static class Uptime
{
    /// <summary>Everything but downtime.</summary>
    public const string DefaultNumerator = "up + maintenance + degraded";
    /// <summary>All counted minutes.</summary>
    public const string DefaultDenominator = "up + down + degraded + maintenance";

    /// <summary>Whether the text is a formula.</summary>
    public static bool IsFormula(string? text) => Evaluate(text, default) is not null;

    /// <summary>Returns the uptime in percent; null if the denominator is 0 or the result is not a finite number.</summary>
    public static double? Percent(DayCounts counts, string? numerator = null, string? denominator = null)
    {
        var top = Evaluate(numerator, counts) ?? Evaluate(DefaultNumerator, counts)!.Value;
        var bottom = Evaluate(denominator, counts) ?? Evaluate(DefaultDenominator, counts)!.Value;
        var percent = top / bottom * 100;
        return bottom == 0 || !double.IsFinite(percent) ? null : percent;
    }

    /// <summary>Formats an uptime with up to 4 decimals, without trailing zeros and without a percent sign; "-" for null.</summary>
    public static string Text(double? percent) => percent switch
    {
        null => "-",
        // Rounding must not turn one minute of downtime in a year into "100".
        < 100 and > 99.9999 => "99.9999",
        > -0.00005 and < 0.00005 => "0",
        _ => percent.Value.ToString("0.####", CultureInfo.InvariantCulture),
    };

    private static double? Evaluate(string? formula, DayCounts counts)
    {
        if (string.IsNullOrWhiteSpace(formula) || formula.Length > 500) return null;
        double sum = 0, product = 0;
        var sign = 1;
        var times = ' ';
        var rest = formula.AsSpan();
        while (true)
        {
            rest = rest.TrimStart();
            var length = 0;
            while (length < rest.Length && char.IsAsciiLetter(rest[length])) length++;
            if (Value(rest[..length], counts) is not { } value) return null;
            product = times switch { '*' => product * value, '/' => value == 0 ? 0 : product / value, _ => value };
            rest = rest[length..].TrimStart();
            if (rest.IsEmpty) return sum + sign * product;
            times = rest[0];
            if (times is '+' or '-')
            {
                sum += sign * product;
                sign = times == '+' ? 1 : -1;
            }
            else if (times is not ('*' or '/'))
            {
                return null;
            }
            rest = rest[1..];
        }
    }

    private static double? Value(ReadOnlySpan<char> word, DayCounts counts) =>
        word.Equals("up", StringComparison.OrdinalIgnoreCase) ? counts.Up
        : word.Equals("down", StringComparison.OrdinalIgnoreCase) ? counts.Down
        : word.Equals("degraded", StringComparison.OrdinalIgnoreCase) ? counts.Degraded
        : word.Equals("maintenance", StringComparison.OrdinalIgnoreCase) ? counts.Maintenance
        : null;
}
