using System.Text.Json;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Results;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;

namespace Kener.Monitors.Agents;

/// <summary>
/// POST /api/agent/v1/results: stores all results, or none and names the first invalid one. Repeating the request changes nothing (Behavior: CHK-8).
/// </summary>
internal static class ReportResults
{
    private const int Most = 1_000, LongestMessage = 500;
    private const double MostMilliseconds = 1e9;

    /// <summary>How far ahead a minute may be, in seconds: an agent's clock may be fast.</summary>
    internal const long MostAhead = 120;

    public static async Task<IResult> HandleAsync(
        HttpRequest request, AssignmentCache assignments, Changes<MonitorsDb> changes, Recording recording, Evaluations evaluations, TimeProvider clock, CancellationToken cancel)
    {
        var report = await ReadAsync(request, cancel);
        var observations = Check(report, clock.GetUtcNow().ToUnixTimeSeconds(), assignments.LongestRetentionDays);
        var stored = await recording.StoreAsync(changes, observations, MonitorTypes.OfAgents, $"agent/{report.Agent}", cancel);
        if (stored > 0) evaluations.Recorded(observations.Select(seen => seen.MonitorId).Distinct());
        return TypedResults.Json(new CheckReceipt(stored, report.Results.Count - stored), AgentJson.Default.CheckReceipt);
    }

    private static async Task<CheckReport> ReadAsync(HttpRequest request, CancellationToken cancel)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, AgentJson.Default.CheckReport, cancel)
                ?? throw Refusal.BadRequest("Invalid JSON body");
        }
        catch (JsonException fault)
        {
            throw Refusal.BadRequest(fault.Path is { Length: > 1 } path ? $"Invalid JSON body at {path}" : "Invalid JSON body");
        }
    }

    /// <summary>
    /// Validates the results; returns them as observations in the order in which all writers store them, the later one of two for the same minute.
    /// </summary>
    internal static List<Observation> Check(CheckReport report, long now, int? retentionDays)
    {
        Agent.CheckName(report.Agent);
        if (report.Results.Count is < 1 or > Most) throw Refusal.BadRequest($"results must hold 1 to {Most} results");
        var (oldest, newest) = (retentionDays is { } days ? Math.Max(0, now - (days * Minutes.Day)) : 0, now + MostAhead);
        var observations = new List<Observation>(report.Results.Count);
        for (var i = 0; i < report.Results.Count; i++)
        {
            try
            {
                observations.Add(Read(report.Results[i], oldest, newest));
            }
            catch (Refusal refusal)
            {
                throw Refusal.BadRequest($"results[{i}]: {refusal.Message}");
            }
        }
        return Observation.InOrder(observations);
    }

    private static Observation Read(CheckResult? result, long oldest, long newest)
    {
        if (result is null) throw Refusal.BadRequest("must be an object");
        if (result.Minute % 60 != 0) throw Refusal.BadRequest("minute must be a whole minute in Unix seconds");
        if (result.Minute > newest) throw Refusal.BadRequest("minute lies in the future");
        if (result.Minute < oldest) throw Refusal.BadRequest("minute is older than results are kept");
        if (result.Latency is not (>= 0 and <= MostMilliseconds)) throw Refusal.BadRequest("latency must be a number of milliseconds from 0 to 1e9");
        if (result.Message is { Length: > LongestMessage }) throw Refusal.BadRequest($"message must not be longer than {LongestMessage} characters");
        if (result.Message?.Contains('\0', StringComparison.Ordinal) is true) throw Refusal.BadRequest("message must not contain the character U+0000");
        var status = ApiWords.ToStatus(result.Status) ?? throw Refusal.BadRequest("status must be one of: UP, DOWN, DEGRADED, MAINTENANCE, NO_DATA");
        var type = result.Type switch
        {
            "REALTIME" => ResultType.Realtime,
            "TIMEOUT" => ResultType.Timeout,
            "ERROR" => ResultType.Error,
            _ => throw Refusal.BadRequest("type must be one of: REALTIME, TIMEOUT, ERROR"),
        };
        // Adding 0 turns -0 into 0.
        return new Observation(result.MonitorId, result.Minute, status, result.Latency + 0d, type, result.Message);
    }
}
