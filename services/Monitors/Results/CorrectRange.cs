using System.ComponentModel;
using System.Security.Claims;
using System.Text.Json;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Monitors;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;

namespace Kener.Monitors.Results;

/// <summary>PATCH /monitors/{tag}/data: corrects a range of minutes.</summary>
internal static class CorrectRange
{
    // A long range takes several transactions, so that results and pings are stored between them. If it ends halfway, the request fails or gets
    // no response; sending it again completes the correction (Behavior: COR-5).
    public const int DaysAtOnce = 4;

    public static async Task<IResult> HandleAsync(
        string tag, HttpRequest request, MonitorsDb db, Changes<MonitorsDb> changes, Recording recording, BulkWrites bulk, Evaluations evaluations, ClaimsPrincipal user,
        TimeProvider clock, CancellationToken cancel)
    {
        var id = (await GetMonitor.FindAsync(db, tag, cancel)).Id;
        var range = RangeCorrection.Read(await JsonBody.ReadAsync(request, cancel));
        Instants.RefuseAhead(range.End, "end_ts", clock);
        using var alone = range.Last - range.First > DaysAtOnce * Minutes.Day ? await bulk.AloneAsync(cancel) : null;
        foreach (var days in range.Days(Random.Shared).Chunk(DaysAtOnce))
        {
            using var part = await bulk.PartAsync(cancel);
            await StoreAsync(tag, id, days, range, changes, recording, user.Subject(), cancel);
        }
        evaluations.Recorded([id]);
        return ApiResponse.Of(new RangeCorrected("Monitoring data updated successfully", range.AnnouncedCount));
    }

    private static Task StoreAsync(
        string tag, long id, Correction[] days, RangeCorrection range, Changes<MonitorsDb> changes, Recording recording, string actor, CancellationToken cancel) =>
        changes.CommitAsync(actor, async change =>
        {
            _ = await Correction.LockAsync(change.Db, id, cancel) ?? throw GetMonitor.Missing(tag);
            await recording.CorrectAsync(change, id, days, cancel);
            var (first, last) = (days[0].Minutes[0], days[^1].Minutes[^1]);
            change.Audit("monitor.data.corrected", "monitor", () => id,
                new { tag, first, last, status = range.Status.ToWord(), range.Latency, range.Deviation });
        }, cancel);
}

/// <summary>One status for all minutes from that of <paramref name="Start"/> to that of <paramref name="End"/>, inclusive.</summary>
internal sealed record RangeCorrection(long Start, long End, MonitorStatus Status, double Latency, double Deviation)
{
    private const long Longest = 366 * Minutes.Day;

    public long First => Minutes.Floor(Start);

    public long Last => Minutes.Floor(End);

    /// <summary>The count in the response: the whole minutes in [start, end), which can be fewer than are written (Behavior: API-11).</summary>
    public long AnnouncedCount => Math.Max(0, (Minutes.Floor(End - 1) - Minutes.Floor(Start + 59)) / 60 + 1);

    public static RangeCorrection Read(JsonElement body)
    {
        const string Numbers = "start_ts and end_ts must be numbers (UTC timestamps in seconds)";
        if (body.Given("start_ts") is not { } start || body.Given("end_ts") is not { } end)
            throw Refusal.BadRequest("start_ts and end_ts are required");
        var (from, to) = (start.Seconds(Numbers), end.Seconds(Numbers));
        if (Minutes.Floor(from) >= Minutes.Floor(to)) throw Refusal.BadRequest("start_ts must be less than end_ts");
        if (to - from > Longest) throw Refusal.BadRequest("start_ts and end_ts must not be more than 366 days apart");
        const string Statuses = "status is required and must be one of: UP, DOWN, DEGRADED";
        const string Amounts = "latency is required and must be a non-negative number";
        return new RangeCorrection(from, to,
            Correction.StatusOf(body.Given("status") ?? throw Refusal.BadRequest(Statuses), Statuses),
            Correction.Amount(body.Given("latency") ?? throw Refusal.BadRequest(Amounts), Amounts),
            body.Given("deviation") is { } deviation ? Correction.Amount(deviation, "deviation must be a non-negative number") : 0);
    }

    /// <summary>
    /// Returns the minutes to write, one UTC day at a time. Each latency deviates by a whole number of milliseconds, at most the deviation, and is
    /// never below 0.
    /// </summary>
    public IEnumerable<Correction> Days(Random random)
    {
        var most = (long)Deviation;
        for (var minute = First; minute <= Last;)
        {
            var next = Math.Min(Last + 60, (Minutes.DayOf(minute) + 1) * Minutes.Day);
            var minutes = new long[(next - minute) / 60];
            var latencies = new double[minutes.Length];
            for (var i = 0; i < minutes.Length; i++, minute += 60)
            {
                minutes[i] = minute;
                latencies[i] = Math.Max(0, Latency + (most == 0 ? 0 : random.NextInt64(-most, most + 1)));
            }
            yield return new Correction(Status, minutes, latencies);
        }
    }
}

/// <summary>The response to a correction of a range. The count is that of API v4 (Behavior: API-11).</summary>
internal sealed record RangeCorrected(string Message, [property: Description("Whole minutes from start_ts on and before end_ts.")] long UpdatedCount);
