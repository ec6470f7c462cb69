using System.Runtime.CompilerServices;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Monitors;
using Kener.Persistence;
using Kener.Persistence.Overlays;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Results;

/// <summary>GET /monitors/{tag}/data: streams the recorded minutes of [start, end), oldest first, in constant memory.</summary>
internal static class GetRange
{
    // With retries enabled, EF buffers the whole result of a query in PostgreSQL, so the range is read a few days at a time.
    private const int Page = 5_000;

    public static async Task<IResult> HandleAsync(string tag, string? start_ts, string? end_ts, MonitorsDb db, CancellationToken cancel)
    {
        var monitor = await GetMonitor.FindAsync(db, tag, cancel);
        var (start, end) = Range(start_ts, end_ts);
        var overlays = await db.Overlays.TouchingAsync(monitor.Id, start, end, cancel);
        // Read before the response starts, so that an unreachable database still yields an error status.
        var first = await PageAsync(db, monitor.Id, start, end, cancel);
        return ApiResponse.Of(new SampleList(SamplesAsync(db, monitor, first, end, overlays, cancel)));
    }

    internal static (long Start, long End) Range(string? startText, string? endText)
    {
        const string Whole = "start_ts and end_ts must be valid integers (UTC timestamps in seconds)";
        if (string.IsNullOrEmpty(startText) || string.IsNullOrEmpty(endText))
            throw Refusal.BadRequest("Both start_ts and end_ts query parameters are required");
        var (start, end) = (Minutes.Floor(Instants.Parse(startText, Whole)), Minutes.Floor(Instants.Parse(endText, Whole)));
        return start < end ? (start, end) : throw Refusal.BadRequest("start_ts must be less than end_ts");
    }

    private static async IAsyncEnumerable<Sample> SamplesAsync(
        MonitorsDb db, Monitor monitor, List<Result> page, long end, Overlay[] overlays, [EnumeratorCancellation] CancellationToken cancel)
    {
        while (page.Count > 0)
        {
            var (from, after) = (page[0].Minute, page[^1].Minute + 60);
            var near = Array.FindAll(overlays, overlay => overlay.Touches(from, after));
            foreach (var result in page) yield return Sample.Of(monitor.Tag, result, near);
            if (page.Count < Page) yield break;
            page = await PageAsync(db, monitor.Id, after, end, cancel);
        }
    }

    private static Task<List<Result>> PageAsync(MonitorsDb db, long monitor, long from, long end, CancellationToken cancel) =>
        db.Results.AsNoTracking().Where(row => row.MonitorId == monitor && row.Region == 0 && row.Minute >= from && row.Minute < end)
            .OrderBy(row => row.Minute).Take(Page).ToListAsync(cancel);
}
