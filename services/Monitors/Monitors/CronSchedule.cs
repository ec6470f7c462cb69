using System.Collections.Concurrent;
using Cronos;

namespace Kener.Monitors.Monitors;

/// <summary>When a monitor is checked: a cron expression of 5 fields, or of 6 with seconds first, in UTC (Behavior: CHK-2).</summary>
internal static class CronSchedule
{
    // Eight years contain every date of the calendar, February 29 twice.
    private static readonly ConcurrentDictionary<string, int> Periods = new();
    private static readonly DateTime From = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc), Until = From.AddYears(8);

    /// <summary>Whether the expression is valid and comes due at least once in eight years.</summary>
    public static bool IsValid(string cron)
    {
        var fields = Fields(cron);
        if (fields.Length is not (5 or 6)) return false;
        try
        {
            var format = fields.Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard;
            return CronExpression.Parse(string.Join(' ', fields), format).GetNextOccurrence(From, inclusive: true) < Until;
        }
        // Cronos also accepts Jenkins' H, for a value that it chooses by a seed, which is not part of cron.
        catch (Exception e) when (e is FormatException or MissingSeedException)
        {
            return false;
        }
    }

    /// <summary>
    /// Returns the longest time between two checks, in seconds. The field of seconds is ignored: there is one result per minute, so the least is 60.
    /// The times of day are the same on all days of an expression, so days and times are evaluated separately.
    /// </summary>
    public static int PeriodSeconds(string cron)
    {
        if (Periods.TryGetValue(cron, out var known)) return known;
        if (Periods.Count > 10_000) Periods.Clear();
        return Periods[cron] = Measure(cron);
    }

    /// <summary>Whether a check is due within this minute, given by its first second.</summary>
    public static bool IsDue(string cron, long minute)
    {
        var from = DateTimeOffset.FromUnixTimeSeconds(minute).UtcDateTime;
        // Only agents use the field of seconds; here a minute is due or not.
        return CronExpression.Parse(string.Join(' ', Fields(cron)[^5..])).GetNextOccurrence(from, inclusive: true) == from;
    }

    private static int Measure(string cron)
    {
        var fields = Fields(cron)[^5..];
        var times = CronExpression.Parse($"{fields[0]} {fields[1]} * * *").GetOccurrences(From, From.AddDays(1)).ToList();
        var days = CronExpression.Parse($"0 0 {fields[2]} {fields[3]} {fields[4]}").GetOccurrences(From, Until).ToList();
        var withinDay = Longest(times, TimeSpan.Zero);
        var betweenDays = Longest(days, days.Count == 1 ? Until - From : TimeSpan.Zero);
        var overNight = betweenDays - (times[^1] - times[0]);
        return (int)Math.Max(withinDay.TotalSeconds, overNight.TotalSeconds);
    }

    private static TimeSpan Longest(List<DateTime> instants, TimeSpan atLeast)
    {
        for (var i = 1; i < instants.Count; i++)
            if (instants[i] - instants[i - 1] is var gap && gap > atLeast) atLeast = gap;
        return atLeast;
    }

    private static string[] Fields(string cron) => cron.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
