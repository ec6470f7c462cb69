using Kener.Monitors.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Heartbeats;

/// <summary>
/// An interval in which one process of this service was able to store pings. Outside the spans of all processes no ping could be stored, so
/// that time does not count against heartbeats (Behavior: HBT-3).
/// </summary>
internal sealed class AwakeSpan
{
    /// <summary>More spans than any threshold reaches back, unless the service restarts all the time.</summary>
    private const int MostKept = 1_000;

    public required string Process { get; set; }
    /// <summary>Unix seconds.</summary>
    public long Start { get; set; }
    /// <summary>When the process was last known to be running, in Unix seconds.</summary>
    public long End { get; set; }

    /// <summary>Returns the newest spans that end after the instant.</summary>
    public static Task<List<AwakeSpan>> SinceAsync(MonitorsDb db, long instant, CancellationToken cancel) =>
        db.AwakeSpans.AsNoTracking().Where(span => span.End > instant).OrderByDescending(span => span.Start).Take(MostKept).ToListAsync(cancel);

    /// <summary>Deletes all but the newest spans.</summary>
    public static async Task ForgetOldAsync(MonitorsDb db, CancellationToken cancel)
    {
        var oldest = await db.AwakeSpans.OrderByDescending(span => span.Start).Skip(MostKept).Select(span => (long?)span.Start).FirstOrDefaultAsync(cancel);
        if (oldest is { } start) await db.AwakeSpans.Where(span => span.Start <= start).ExecuteDeleteAsync(cancel);
    }

    /// <summary>
    /// Returns for how many seconds up to <paramref name="now"/> a ping was possible, but none came after <paramref name="last"/>. After an
    /// interruption the count begins anew, since the ping may have been due in it; the longest count is returned, so a status does not improve by
    /// that. Half of the total time counts as well, so that a service that restarts all the time still notices silence (Behavior: HBT-3).
    /// </summary>
    public static long Unheard(IEnumerable<AwakeSpan> spans, long last, long now)
    {
        long longest = 0, total = 0, start = last, end = last;
        foreach (var span in spans.OrderBy(span => span.Start))
        {
            var (from, until) = (Math.Max(span.Start, last), Math.Min(span.End, now));
            if (until <= end) continue;
            if (from > end) start = from;
            total += until - Math.Max(from, end);
            end = until;
            longest = Math.Max(longest, end - start);
        }
        return Math.Max(longest, total / 2);
    }
}
