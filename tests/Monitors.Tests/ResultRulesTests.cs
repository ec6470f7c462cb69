using CsCheck;
using Kener.Contracts;
using Kener.Monitors.Results;

namespace Kener.Monitors.Tests;

/// <summary>Runs, corrections, and the overlays of a minute (Behavior: OVL-4, COR-2, STA-3).</summary>
public sealed class ResultRulesTests
{
    // Gaps, repetitions and changes are all likely, and the minutes span several days.
    private static readonly Gen<MinuteStatus[]> AscendingMinutes = Gen.Select(
            Gen.Long[0, 4_000_000_000 / 60],
            Gen.Select(Gen.Frequency((20, Gen.Const(1)), (1, Gen.Int[2, 3_000])), Gen.Enum<MonitorStatus>(), Gen.Int[0, 1], Gen.Int[1, 2]).Array[0, 4_000])
        .Select((first, steps) =>
        {
            var minute = first * 60;
            return steps.Select(step => new MinuteStatus(minute += 60L * step.Item1, step.Item2, step.Item3, step.Item4)).ToArray();
        });

    private static IEnumerable<MinuteStatus> Expanded(IEnumerable<ResultsRecorded> messages) => messages.SelectMany(message => message.Runs)
        .SelectMany(run => Enumerable.Range(0, run.Count).Select(i => new MinuteStatus(run.Minute + 60L * i, run.Status, run.Latency, run.Version)));

    [Fact]
    public void Minutes_cut_into_runs_and_messages_expand_to_the_same_minutes() => AscendingMinutes.Sample(minutes =>
    {
        var messages = Runs.Messages(7, minutes).ToList();
        Assert.Equal(minutes, Expanded(messages));
        Assert.All(messages, message =>
        {
            Assert.InRange(message.Runs.Count, 1, 1_000);
            Assert.InRange(message.Runs.Sum(run => run.Count), 1, 1_440);
            Assert.Single(message.Runs.SelectMany(run => new[] { run.Minute, run.Minute + 60L * (run.Count - 1) }).Select(Minutes.DayOf).Distinct());
            Assert.All(message.Runs, run => Assert.Equal(7, run.MonitorId));
        });
    }, iter: 200);

    [Fact]
    public void A_day_without_change_is_one_run() =>
        Assert.Equal(1_440, Runs.Messages(1, Enumerable.Range(0, 1_440).Select(i => new MinuteStatus(60L * i, MonitorStatus.Up, 5, 1))).Single().Runs.Single().Count);

    [Theory]
    [InlineData(0, 120, 2, 3)]
    [InlineData(0, 60, 1, 2)]
    [InlineData(1, 60, 0, 2)]
    [InlineData(1, 61, 1, 2)]
    [InlineData(0, 121, 3, 3)]
    [InlineData(30, 50, 0, 1)]
    [InlineData(0, 366 * 86_400, 527_040, 527_041)]
    public void The_announced_count_can_differ_from_the_number_of_written_minutes(long start, long end, long announced, long written)
    {
        var range = new RangeCorrection(start, end, MonitorStatus.Up, 0, 0);
        Assert.Equal(announced, range.AnnouncedCount);
        Assert.Equal(written, range.Days(new Random(1)).Sum(day => (long)day.Minutes.Length));
    }

    [Fact]
    public void A_range_is_written_a_day_at_a_time_and_latencies_stay_within_the_deviation() =>
        Gen.Select(Gen.Long[0, 253_402_300_799 - 400_000], Gen.Long[1, 300_000], Gen.Double[0, 100], Gen.Double[0, 50], Gen.Int).Sample((start, length, latency, deviation, seed) =>
        {
            var range = new RangeCorrection(start, start + length, MonitorStatus.Down, latency, deviation);
            var days = range.Days(new Random(seed)).ToList();
            var minutes = days.SelectMany(day => day.Minutes).ToList();
            Assert.Equal(Enumerable.Range(0, minutes.Count).Select(i => range.First + 60L * i), minutes);
            Assert.Equal(range.Last, minutes[^1]);
            Assert.All(days, day => Assert.Single(day.Minutes.Select(Minutes.DayOf).Distinct()));
            Assert.All(days.SelectMany(day => day.Latencies), stray => Assert.InRange(stray, Math.Max(0, latency - deviation), latency + deviation));
        }, iter: 100);

    [Fact]
    public void What_a_correction_does_not_set_stays_as_recorded_or_takes_the_default()
    {
        var monitor = new Monitor { Tag = "a", Name = "A", DefaultStatus = "DEGRADED" };
        var before = new Result { Status = MonitorStatus.Down, Latency = 42 };
        Assert.Equal((MonitorStatus.Down, 42d), Parts(CorrectMinute.Complete(60, null, null, before, monitor)));
        Assert.Equal((MonitorStatus.Up, 42d), Parts(CorrectMinute.Complete(60, MonitorStatus.Up, null, before, monitor)));
        Assert.Equal((MonitorStatus.Down, 7d), Parts(CorrectMinute.Complete(60, null, 7, before, monitor)));
        Assert.Equal((MonitorStatus.Degraded, 0d), Parts(CorrectMinute.Complete(60, null, null, null, monitor)));

        static (MonitorStatus, double) Parts(Correction correction) => (correction.Status, correction.Latencies.Single());
    }

    [Theory]
    [InlineData(MonitorStatus.Degraded, null, "DEGRADED", "INCIDENT")]
    [InlineData(null, MonitorStatus.Maintenance, "MAINTENANCE", "MAINTENANCE")]
    [InlineData(MonitorStatus.Degraded, MonitorStatus.Maintenance, "MAINTENANCE", "MAINTENANCE")]
    [InlineData(MonitorStatus.Down, MonitorStatus.Maintenance, "DOWN", "INCIDENT")]
    [InlineData(MonitorStatus.Degraded, MonitorStatus.Down, "DOWN", "MAINTENANCE")]
    [InlineData(null, null, "UP", "MANUAL")]
    public void A_sample_names_the_overlay_that_decides_its_status(MonitorStatus? incident, MonitorStatus? maintenance, string status, string type)
    {
        var overlays = new List<Overlay>();
        if (incident is { } impact) overlays.Add(new Overlay(OverlayKind.Incident, 0, null, impact));
        if (maintenance is { } planned) overlays.Add(new Overlay(OverlayKind.Maintenance, 0, 600, planned));
        overlays.Add(new Overlay(OverlayKind.Incident, 180, null, MonitorStatus.Down));
        var sample = Sample.Of("web", new Result { Minute = 120, Status = MonitorStatus.Up, Latency = 3, Type = ResultType.Manual }, overlays.ToArray());
        Assert.Equal(new Sample("web", 120, status, 3, type, "UP"), sample);
    }
}
