using System.Security.Claims;
using System.Text.Json;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Monitors;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;

namespace Kener.Monitors.Results;

/// <summary>PATCH /monitors/{tag}/data/{timestamp}: corrects a minute.</summary>
internal static class CorrectMinute
{
    public static async Task<IResult> HandleAsync(
        string tag, string timestamp, HttpRequest request, MonitorsDb db, Changes<MonitorsDb> changes, Recording recording, Evaluations evaluations, ClaimsPrincipal user,
        TimeProvider clock, CancellationToken cancel)
    {
        var id = (await GetMonitor.FindAsync(db, tag, cancel)).Id;
        var minute = GetMinute.Minute(timestamp);
        Instants.RefuseAhead(minute, "Timestamp", clock);
        var (status, latency) = Read(await JsonBody.ReadAsync(request, cancel));
        var sample = await changes.CommitAsync(user.Subject(), async change =>
        {
            var monitor = await Correction.LockAsync(change.Db, id, cancel) ?? throw GetMonitor.Missing(tag);
            var before = await GetMinute.FindAsync(change.Db, id, minute, cancel);
            var correction = Complete(minute, status, latency, before, monitor);
            await recording.CorrectAsync(change, id, [correction], cancel);
            change.Audit("monitor.data.corrected", "monitor", () => id,
                new { tag, minute, status = correction.Status.ToWord(), latency = correction.Latencies[0] });
            var after = await GetMinute.FindAsync(change.Db, id, minute, cancel);
            return await GetMinute.ShowAsync(change.Db, tag, after!, cancel);
        }, cancel);
        evaluations.Recorded([id]);
        return ApiResponse.Of(new OneSample(sample));
    }

    internal static (MonitorStatus? Status, double? Latency) Read(JsonElement body) => (
        body.Has("status", out var status) ? Correction.StatusOf(status, "status must be one of: UP, DOWN, DEGRADED") : null,
        body.Has("latency", out var latency) ? Correction.Amount(latency, "latency must be a non-negative number") : null);

    /// <summary>Completes a correction with what is recorded, else with a default status of DOWN or DEGRADED, else UP, and 0 ms (Behavior: COR-4).</summary>
    internal static Correction Complete(long minute, MonitorStatus? status, double? latency, Result? before, Monitor monitor)
    {
        var byDefault = monitor.DefaultStatus is "DOWN" or "DEGRADED" ? ApiWords.ToStatus(monitor.DefaultStatus)!.Value : MonitorStatus.Up;
        return new Correction(status ?? before?.Status ?? byDefault, [minute], [latency ?? before?.Latency ?? 0]);
    }
}
