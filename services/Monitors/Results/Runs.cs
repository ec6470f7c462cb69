using Kener.Contracts;

namespace Kener.Monitors.Results;

/// <summary>The part of a minute's verdict that other services need.</summary>
internal readonly record struct MinuteStatus(long Minute, MonitorStatus Status, double Latency, int Version);

/// <summary>Combines minutes into runs, and runs into messages.</summary>
internal static class Runs
{
    private const int MostRuns = 1_000;

    /// <summary>
    /// Returns the messages for these minutes, which are in ascending order. Consecutive equal minutes are one run. A message has at most one UTC
    /// day (1,440 minutes) and 1,000 runs.
    /// </summary>
    public static IEnumerable<ResultsRecorded> Messages(long monitor, IEnumerable<MinuteStatus> minutes)
    {
        var runs = new List<ResultRun>();
        foreach (var run in Of(monitor, minutes))
        {
            if (runs.Count == MostRuns || (runs.Count > 0 && Minutes.DayOf(runs[0].Minute) != Minutes.DayOf(run.Minute)))
            {
                yield return new ResultsRecorded { Runs = runs };
                runs = [];
            }
            runs.Add(run);
        }
        if (runs.Count > 0) yield return new ResultsRecorded { Runs = runs };
    }

    private static IEnumerable<ResultRun> Of(long monitor, IEnumerable<MinuteStatus> minutes)
    {
        ResultRun? run = null;
        foreach (var next in minutes)
        {
            if (run is not null && Continues(run, next))
            {
                run = run with { Count = run.Count + 1 };
                continue;
            }
            if (run is not null) yield return run;
            run = new ResultRun(monitor, next.Minute, 1, next.Status, next.Latency, next.Version);
        }
        if (run is not null) yield return run;
    }

    private static bool Continues(ResultRun run, MinuteStatus next) =>
        next.Minute == run.Minute + 60L * run.Count && Minutes.DayOf(next.Minute) == Minutes.DayOf(run.Minute)
        && next.Status == run.Status && next.Latency.Equals(run.Latency) && next.Version == run.Version;
}
