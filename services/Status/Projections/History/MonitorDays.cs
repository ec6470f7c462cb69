using Kener.Contracts;

namespace Kener.Status.Projections.History;

/// <summary>The loaded results of a monitor on consecutive UTC days.</summary>
internal sealed class MonitorDays(int first, IReadOnlyList<DayRow> rows)
{
    // In minutes: a day of 25 hours, with room for unusual clock changes such as those of Lord Howe Island.
    private const int LongestDay = 27 * 60;

    /// <summary>Returns the newest result up to and including the instant; null if there is none.</summary>
    public LatestResult? LastKnown(long upTo)
    {
        for (var i = Math.Min(rows.Count - 1, Minutes.DayOf(upTo) - first); i >= 0; i--)
        {
            var start = (first + i) * Minutes.Day;
            var minute = rows[i].LastKnown((int)Math.Min((upTo - start) / 60, DayRow.Minutes - 1));
            if (minute >= 0) return new LatestResult(start + minute * 60L, rows[i].StatusAt(minute));
        }
        return null;
    }

    /// <summary>Returns the oldest recorded minute after that of the instant, in Unix seconds; null if there is none.</summary>
    public long? NextKnown(long after)
    {
        for (var i = Math.Max(0, Minutes.DayOf(after) - first); i < rows.Count; i++)
        {
            var start = (first + i) * Minutes.Day;
            var minute = rows[i].NextKnown(after < start ? -1 : (int)((after - start) / 60));
            if (minute >= 0) return start + minute * 60L;
        }
        return null;
    }

    /// <summary>
    /// Counts the minutes [<paramref name="from"/>, <paramref name="to"/>), at most a day. <paramref name="carried"/> is the last status that was
    /// recorded before them.
    /// </summary>
    public DayCounts Count(long from, long to, GapRule blanks, MonitorStatus? carried, ReadOnlySpan<Overlay> overlays)
    {
        Span<MonitorStatus> observed = stackalloc MonitorStatus[LongestDay];
        Span<double> latency = stackalloc double[LongestDay];
        var count = (int)Math.Clamp((to - from) / 60, 0, LongestDay);
        var day = Minutes.DayOf(from);
        var minute = (int)((from - day * Minutes.Day) / 60);
        for (var i = 0; i < count; day++, minute = 0)
        {
            var row = day >= first && day < first + rows.Count ? rows[day - first] : null;
            for (; i < count && minute < DayRow.Minutes; i++, minute++)
            {
                if (row is not null && row.Knows(minute))
                {
                    var status = row.StatusAt(minute);
                    carried = status;
                    observed[i] = status == MonitorStatus.NoData ? blanks.Default ?? MonitorStatus.NoData : status;
                    latency[i] = row.LatencyAt(minute);
                }
                else
                {
                    observed[i] = blanks.Carries ? carried ?? MonitorStatus.NoData : MonitorStatus.NoData;
                    latency[i] = 0;
                }
            }
        }
        return DayCounts.Of(from, from + count * 60L, observed[..count], latency[..count], null, overlays);
    }
}
