using System.Globalization;
using System.Net;
using System.Text;
using Kener.Contracts;
using Kener.Ui.Text;

namespace Kener.Ui.Status;

/// <summary>
/// Renders the days of a monitor as bars: one shared path for a row of good days, and over it a path for each other day, whose height shows how long
/// it was not good. A node per day would be 4,500 nodes on a page of 50 monitors.
/// </summary>
internal static class StatusBars
{
    private const int Height = 34;
    private const int LeastHeight = 11;
    private const int MinutesForFullHeight = 240;

    // A bar, from its left edge 2 below the top; "z" returns the pen to that point. A day is 1 wide, which is 10 px on a wide screen.
    private const string Bar = "q0-2 .2-2h.3q.2 0 .2 2v30q0 2-.2 2h-.3q-.2 0-.2-2z";

    /// <summary>Returns the path of a row without gaps.</summary>
    public static string Base(int days) => Row(Enumerable.Range(0, days));

    /// <summary>Returns the SVG of a row; <paramref name="shared"/> is the number of days in the page's shared path.</summary>
    public static string Svg(IReadOnlyList<DayCounts> days, DateOnly today, int shared, Localizer reader)
    {
        var svg = new StringBuilder(512)
            .Append(CultureInfo.InvariantCulture, $"<svg class=\"bars\" viewBox=\"0 0 {days.Count} {Height}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{Summary(days, reader)}\">");
        var silent = Enumerable.Range(0, days.Count).Where(i => days[i].Worst == MonitorStatus.NoData).ToArray();
        if (silent.Length == 0 && days.Count == shared)
        {
            svg.Append("<use href=\"#b\"/>");
        }
        else
        {
            var told = Enumerable.Range(0, days.Count).Where(i => days[i].Worst != MonitorStatus.NoData).ToArray();
            if (told.Length > 0) svg.Append("<path d=\"").Append(Row(told)).Append("\"/>");
            if (silent.Length > 0) svg.Append("<path class=\"n\" d=\"").Append(Row(silent)).Append("\"><title>").Append(reader["No data"]).Append("</title></path>");
        }
        for (var i = 0; i < days.Count; i++)
        {
            if (days[i].Worst > MonitorStatus.Up) AppendDay(svg, i, days[i], today.AddDays(i - days.Count + 1), reader);
        }
        return svg.Append("</svg>").ToString();
    }

    private static string Row(IEnumerable<int> days)
    {
        var path = new StringBuilder();
        var pen = 0;
        foreach (var day in days)
        {
            if (path.Length == 0) path.Append(CultureInfo.InvariantCulture, $"M{day} 2");
            else path.Append(CultureInfo.InvariantCulture, $"m{day - pen} 0");
            path.Append(Bar);
            pen = day;
        }
        return path.ToString();
    }

    private static void AppendDay(StringBuilder svg, int index, DayCounts day, DateOnly date, Localizer reader)
    {
        var (kind, minutes) = day.Worst switch
        {
            MonitorStatus.Down => ('d', day.Down),
            MonitorStatus.Degraded => ('g', day.Degraded),
            _ => ('m', day.Maintenance),
        };
        svg.Append(CultureInfo.InvariantCulture, $"<path class=\"{kind}\" d=\"M{index} ");
        var height = HeightOf(minutes);
        if (height == Height) svg.Append('2').Append(Bar);
        else svg.Append(CultureInfo.InvariantCulture, $"{Height - height}h.7v{height - 2}q0 2-.2 2h-.3q-.2 0-.2-2z");
        svg.Append("\"><title>").Append(WebUtility.HtmlEncode(reader.Day(date))).Append(": ").Append(Story(day, reader)).Append("</title></path>");
    }

    // The square root makes five bad minutes visible beside five bad hours (Behavior: UPT-7).
    internal static int HeightOf(int minutes) =>
        Math.Clamp((int)Math.Round(Height * Math.Sqrt(minutes / (double)MinutesForFullHeight)), LeastHeight, Height);

    internal static string Story(DayCounts day, Localizer reader)
    {
        var parts = new List<string>(3);
        if (day.Down > 0) parts.Add(reader.Fill("down for {0}", reader.Length(day.Down)));
        if (day.Degraded > 0) parts.Add(reader.Fill("degraded for {0}", reader.Length(day.Degraded)));
        if (day.Maintenance > 0) parts.Add(reader.Fill("maintenance for {0}", reader.Length(day.Maintenance)));
        return string.Join(", ", parts);
    }

    internal static string Summary(IReadOnlyList<DayCounts> days, Localizer reader)
    {
        var parts = new List<string>(4);
        Count(MonitorStatus.Down, "{0} days down");
        Count(MonitorStatus.Degraded, "{0} days degraded");
        Count(MonitorStatus.Maintenance, "{0} days with maintenance");
        Count(MonitorStatus.NoData, "{0} days without data");
        return reader.Count("Last {0} days: {1}", days.Count, parts.Count == 0 ? reader["no downtime"] : string.Join(", ", parts));

        void Count(MonitorStatus worst, string words)
        {
            var count = days.Count(day => day.Worst == worst);
            if (count > 0) parts.Add(reader.Count(words, count));
        }
    }
}
