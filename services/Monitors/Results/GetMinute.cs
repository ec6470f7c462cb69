using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Monitors;
using Kener.Persistence;
using Kener.Persistence.Overlays;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Results;

/// <summary>GET /monitors/{tag}/data/{timestamp}: returns a recorded minute.</summary>
internal static class GetMinute
{
    public static async Task<IResult> HandleAsync(string tag, string timestamp, MonitorsDb db, CancellationToken cancel)
    {
        var monitor = await GetMonitor.FindAsync(db, tag, cancel);
        var minute = Minute(timestamp);
        var result = await FindAsync(db, monitor.Id, minute, cancel)
            ?? throw Refusal.NotFound($"No monitoring data found for monitor '{tag}' at timestamp {minute}");
        return ApiResponse.Of(new OneSample(await ShowAsync(db, tag, result, cancel)));
    }

    internal static long Minute(string timestamp) =>
        Minutes.Floor(Instants.Parse(timestamp, "Timestamp must be a valid integer (UTC timestamp in seconds)"));

    internal static Task<Result?> FindAsync(MonitorsDb db, long monitor, long minute, CancellationToken cancel) =>
        db.Results.AsNoTracking().FirstOrDefaultAsync(row => row.MonitorId == monitor && row.Minute == minute && row.Region == 0, cancel);

    internal static async Task<Sample> ShowAsync(MonitorsDb db, string tag, Result result, CancellationToken cancel) =>
        Sample.Of(tag, result, await db.Overlays.TouchingAsync(result.MonitorId, result.Minute, result.Minute + 1, cancel));
}
