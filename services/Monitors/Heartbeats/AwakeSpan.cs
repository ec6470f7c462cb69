using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>
/// A time in which one process of this service was able to store heartbeats. Between the spans of all processes nothing could call, so
/// heartbeats are not judged by that time.
/// </summary>
internal sealed class AwakeSpan
{
    /// <summary>More than any grace needs, unless the service starts all the time.</summary>
    private const int MostKept = 1_000;

    public required string Process { get; set; }
    /// <summary>Unix seconds.</summary>
    public long Start { get; set; }
    /// <summary>When the process was last known to be there, Unix seconds.</summary>
    public long End { get; set; }

    /// <summary>The newest spans that reach beyond that instant.</summary>
    public static Task<List<AwakeSpan>> SinceAsync(MonitorsDb db, long instant, CancellationToken cancel) =>
        db.AwakeSpans.AsNoTracking().Where(span => span.End > instant).OrderByDescending(span => span.Start).Take(MostKept).ToListAsync(cancel);

    /// <summary>Deletes all but the newest.</summary>
    public static async Task ForgetOldAsync(MonitorsDb db, CancellationToken cancel)
    {
        var oldest = await db.AwakeSpans.OrderByDescending(span => span.Start).Skip(MostKept).Select(span => (long?)span.Start).FirstOrDefaultAsync(cancel);
        if (oldest is { } start) await db.AwakeSpans.Where(span => span.Start <= start).ExecuteDeleteAsync(cancel);
    }

    /// <summary>
    /// For how many seconds up to <paramref name="now"/> a call was possible and none came after <paramref name="last"/>. After an interruption
    /// the count begins anew, since the call may have been due in it; a status does not get better by that. Half of all the time together
    /// counts as well, so that a service that restarts all the time finds silence too.
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
