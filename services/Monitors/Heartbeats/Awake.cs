using Kener.Monitors.Database;
using Kener.Persistence.Commit;

namespace Kener.Monitors.Heartbeats;

/// <summary>Records twice a minute that this process is running. Not thread-safe.</summary>
internal sealed class Awake
{
    private const long Every = 30, LongestPause = 120;
    private readonly string _process = Guid.NewGuid().ToString("N");
    private AwakeSpan? _span;

    /// <summary>
    /// Extends the present span of this process if it is due, and returns the span. Begins a new span if the last mark is too old: the process was
    /// suspended, its clock was set, or the database was unavailable, so that pings were lost.
    /// </summary>
    public async Task<AwakeSpan> MarkAsync(Changes<MonitorsDb> changes, long now, CancellationToken cancel)
    {
        if (_span is { } span && now >= span.End && now - span.End < Every) return span;
        var next = _span is { } before && now >= before.End && now - before.End <= LongestPause
            ? new AwakeSpan { Process = _process, Start = before.Start, End = now }
            : new AwakeSpan { Process = _process, Start = now, End = now };
        await changes.ProjectAsync($"""
            INSERT INTO awake_spans (process, start_at, end_at) VALUES ({next.Process}, {next.Start}, {next.End})
            ON CONFLICT (process, start_at) DO UPDATE SET end_at = excluded.end_at
            """, cancel);
        return _span = next;
    }
}
