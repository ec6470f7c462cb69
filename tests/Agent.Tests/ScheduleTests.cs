using Cronos;
using CsCheck;
using Kener.Agent.Planning;
using Kener.Contracts;
using Kener.TestKit;

namespace Kener.Agent.Tests;

/// <summary>When a monitor is checked (Behavior: CHK-2, CHK-3).</summary>
public sealed class ScheduleTests
{
    private const long Start = 1_800_000_000; // a whole minute
    private static readonly string[] Crons = ["* * * * *", "*/2 * * * *", "7,8,59 * * * *", "0 * * * *", "30 */5 * * * *", "* 3-4 * * *", "15 10 * * *"];

    private static readonly Gen<(int Cron, int Tag, int StartMs, int[] TicksMs)> Runs =
        Gen.Select(Gen.Int[0, Crons.Length - 1], Gen.Int[0, 10_000], Gen.Int[0, 86_400_000], Gen.Int[1, 9_000].Array[200, 400]);

    [Fact]
    public void A_monitor_is_checked_once_in_each_minute_of_its_cron_at_a_fixed_offset() => Runs.Sample(run =>
    {
        var schedule = Given.Schedule();
        var now = (Start * 1000) + run.StartMs;
        schedule.Take([Given.Monitor(1, Crons[run.Cron], tag: $"tag-{run.Tag}")], now);
        List<(Due Due, long At)> taken = [];
        foreach (var tick in run.TicksMs)
        {
            while (schedule.TryTakeDue(now, out var due)) taken.Add((due, now));
            now += tick;
        }

        var last = now - run.TicksMs[^1];
        var first = Minutes.Floor(((Start * 1000) + run.StartMs) / 1000);
        Assert.Equal(first, taken[0].Due.Minute);
        var offset = PlannedCheck.OffsetOf($"tag-{run.Tag}");
        var cron = CronExpression.Parse(string.Join(' ', Crons[run.Cron].Split(' ')[^5..]));
        var expected = cron.GetOccurrences(DateTimeOffset.FromUnixTimeSeconds(first).UtcDateTime, DateTimeOffset.FromUnixTimeMilliseconds(last - offset).UtcDateTime, fromInclusive: false, toInclusive: true)
            .Select(minute => new DateTimeOffset(minute).ToUnixTimeSeconds());
        Assert.Equal(expected, taken.Skip(1).Select(one => one.Due.Minute));
        foreach (var (due, at) in taken.Skip(1))
        {
            Assert.Equal((due.Minute * 1000) + offset, due.AtMs);
            Assert.InRange(at - due.AtMs, 0, 9_000);
        }
    }, iter: Scale.Of(200));

    [Fact]
    public void Offsets_are_below_fifty_seconds_stable_and_spread()
    {
        var offsets = Enumerable.Range(0, 10_000).Select(i => PlannedCheck.OffsetOf($"service-{i}")).ToList();
        Assert.All(offsets, offset => Assert.InRange(offset, 0, 49_999));
        foreach (var second in offsets.CountBy(offset => offset / 1000)) Assert.InRange(second.Value, 120, 280);
        Assert.Equal(45_439, PlannedCheck.OffsetOf("earth"));
    }

    [Fact]
    public void New_and_changed_monitors_are_due_at_once_and_others_are_unaffected()
    {
        var schedule = Given.Schedule();
        var now = (Start * 1000) + 30_000;
        schedule.Take([Given.Monitor(1), Given.Monitor(2)], now);
        Assert.Equal([(1, Start), (2, Start)], TakeAll(schedule, now));
        schedule.Take([Given.Monitor(1), Given.Monitor(2, version: 2), Given.Monitor(3)], now + 100);
        Assert.Equal([(2, Start), (3, Start)], TakeAll(schedule, now + 100));
        Assert.Empty(TakeAll(schedule, now + 200));
    }

    [Fact]
    public void A_removed_monitor_is_no_longer_due()
    {
        var schedule = Given.Schedule();
        schedule.Take([Given.Monitor(1), Given.Monitor(2)], Start * 1000);
        Assert.True(schedule.TryTakeDue(Start * 1000, out var due));
        schedule.Take([Given.Monitor(2)], Start * 1000);
        Assert.True(due.Check.IsRetired);
        Assert.DoesNotContain(TakeAll(schedule, (Start + 50) * 1000), one => one.Id == 1);
        Assert.DoesNotContain(TakeAll(schedule, (Start + 110) * 1000), one => one.Id == 1);
        Assert.Equal(1, schedule.Count);
    }

    [Fact]
    public void Minutes_during_which_the_machine_slept_are_skipped()
    {
        var schedule = Given.Schedule();
        schedule.Take([Given.Monitor(1)], Start * 1000);
        TakeAll(schedule, Start * 1000);
        Assert.Equal([(1, Start + 3600)], TakeAll(schedule, (Start + 3600 + 55) * 1000));
    }

    [Fact]
    public void Checks_continue_when_the_clock_is_set_back()
    {
        var schedule = Given.Schedule();
        schedule.Take([Given.Monitor(1)], Start * 1000);
        TakeAll(schedule, (Start + 55) * 1000);
        Assert.Equal([(1, Start - 7200)], TakeAll(schedule, (Start - 7200 + 55) * 1000));
        Assert.Equal([(1, Start - 7140)], TakeAll(schedule, (Start - 7140 + 55) * 1000));
    }

    [Fact]
    public void Monitors_with_an_unsupported_type_or_cron_are_skipped()
    {
        var schedule = Given.Schedule();
        schedule.Take([Given.Monitor(1, type: "TELEPATHY"), Given.Monitor(2, cron: "often"), Given.Monitor(3, cron: ""), Given.Monitor(4)], Start * 1000);
        Assert.Equal([(4, Start)], TakeAll(schedule, Start * 1000));
    }

    [Fact]
    public void A_monitor_that_becomes_unsupported_does_not_affect_others()
    {
        var schedule = Given.Schedule();
        foreach (var (version, type, cron) in new[] { (1, "API", "* * * * *"), (2, "TELEPATHY", "* * * * *"), (3, "API", "H H * * *"), (4, null!, "* * * * *"), (5, "API", null!), (6, "API", "* * * * *") })
        {
            schedule.Take([Given.Monitor(1, version: version) with { Type = type, Cron = cron }, Given.Monitor(2, version: version)], Start * 1000);
            var isUnderstood = version is 1 or 6;
            Assert.Equal(isUnderstood ? 2 : 1, schedule.Count);
            Assert.Equal(isUnderstood ? [(1, Start), (2, Start)] : [(2, Start)], TakeAll(schedule, Start * 1000).Order());
        }
        schedule.Clear();
        Assert.Equal(0, schedule.Count);
    }

    private static List<(long Id, long Minute)> TakeAll(Schedule schedule, long nowMs)
    {
        List<(long, long)> taken = [];
        while (schedule.TryTakeDue(nowMs, out var due)) taken.Add((due.Check.MonitorId, due.Minute));
        return taken;
    }
}
