using CsCheck;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Projections.History;

namespace Kener.Status.Tests;

public sealed class DayRowTests
{
    private static readonly Gen<double> Latency =
        Gen.OneOf(Gen.Const(0.0), Gen.Int[0, 5].Select(tenths => tenths / 10.0), Gen.Int[0, 100_000_000].Select(hundredths => hundredths / 100.0),
            Gen.Int[21_000_000, 1_000_000_000].Select(milliseconds => (double)milliseconds));

    private static readonly Gen<(int From, int Count, MonitorStatus Status, double Latency, int Version)[]> Runs = Gen.Select(
        Gen.Int[0, DayRow.Minutes - 1], Gen.OneOf(Gen.Const(1), Gen.Int[1, 200]), Gen.Int[0, 4].Select(status => (MonitorStatus)status), Latency,
        Gen.OneOf(Gen.Int[1, 3], Gen.Int[1, int.MaxValue])).Array[0, 60];

    [Fact]
    public void Unpacking_returns_what_was_packed() => Runs.Sample(runs =>
    {
        var row = Filled(runs);
        Assert.Equal(Minutes(row), Minutes(DayRow.Unpack(row.Pack())));
    });

    [Fact]
    public void The_same_day_always_packs_to_the_same_bytes() => Runs.Sample(runs =>
        Assert.Equal(Filled(runs).Pack(), DayRow.Unpack(Filled(runs).Pack()).Pack()));

    [Fact]
    public void For_each_minute_the_highest_version_wins_in_any_order() => Gen.Select(Runs, Gen.Int).Sample((runs, seed) =>
    {
        // Each version of a minute has one content; otherwise the order would matter.
        var distinct = runs.Select((run, i) => run with { Version = i + 1 }).ToArray();
        var shuffled = distinct.Concat(distinct.Take(5)).ToArray();
        new Random(seed).Shuffle(shuffled);
        Assert.Equal(Filled(distinct).Pack(), Filled(shuffled).Pack());
    });

    [Fact]
    public void An_empty_day_and_a_uniform_day_take_a_few_bytes()
    {
        Assert.InRange(new DayRow().Pack().Length, 1, 10);
        Assert.InRange(Filled([(0, DayRow.Minutes, MonitorStatus.Up, 12.5, 1)]).Pack().Length, 1, 12);
    }

    [Fact]
    public void A_day_of_varying_latencies_takes_about_two_bytes_a_minute()
    {
        var random = new Random(1);
        var row = new DayRow();
        for (var minute = 0; minute < DayRow.Minutes; minute++) row.Set(minute, MonitorStatus.Up, 100 + random.Next(0, 5000) / 100.0, 1);
        Assert.InRange(row.Pack().Length, 1000, 3200);
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(-5, 0)]
    [InlineData(double.PositiveInfinity, int.MaxValue)]
    [InlineData(1e300, int.MaxValue)]
    [InlineData(21_474_836.47, 21_474_836.47)]
    [InlineData(21_474_836.48, 21_474_836)]
    [InlineData(86_399_999.6, 86_400_000)]
    [InlineData(1e9, 1e9)]
    [InlineData(0.004, 0)]
    [InlineData(12.345, 12.34)]
    public void Latencies_are_stored_in_hundredths_of_a_millisecond_and_those_of_hours_in_milliseconds(double latency, double kept)
    {
        var row = new DayRow();
        row.Set(7, MonitorStatus.Up, latency, 1);
        row.Set(8, MonitorStatus.Up, 12.5, 1);
        Assert.Equal((kept, 12.5), (DayRow.Unpack(row.Pack()).LatencyAt(7), DayRow.Unpack(row.Pack()).LatencyAt(8)));
        var piece = new MinuteRun(20_000, 7, 1, MonitorStatus.Up, latency, 1);
        Assert.Equal(kept, Assert.Single(DayBuffer.Read(DayBuffer.With([], [piece])!)).Latency);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_latency_of_nearly_a_day_is_shown_as_it_was_recorded(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.RecordAsync(Given.Result(1, Given.Noon - 60, MonitorStatus.Up, latency: 86_000_000));
        Assert.Equal(86_000_000, (await service.ViewAsync()).Monitors[0].Latency);
        // An older minute moves the day buffer into the day row.
        await service.RecordAsync(Given.Result(1, Given.Noon - 120, MonitorStatus.Up, latency: 84_000_000));
        Assert.Equal(85_000_000, (await service.ViewAsync()).Monitors[0].Latency);
    }

    [Fact]
    public void Corrupt_bytes_throw_nothing_but_InvalidDataException() => Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[0, 30]).Sample((noise, cut) =>
    {
        var whole = Filled([(0, 700, MonitorStatus.Up, 12.5, 1), (300, 20, MonitorStatus.Down, 0, 2)]).Pack();
        foreach (var bytes in (byte[][])[noise, whole[..Math.Min(cut, whole.Length - 1)]])
        {
            try
            {
                DayRow.Unpack(bytes);
            }
            catch (InvalidDataException)
            {
                // The only exception that is allowed.
            }
        }
    });

    private static DayRow Filled((int From, int Count, MonitorStatus Status, double Latency, int Version)[] runs)
    {
        var row = new DayRow();
        foreach (var run in runs)
        {
            for (var minute = run.From; minute < Math.Min(run.From + run.Count, DayRow.Minutes); minute++)
                row.Set(minute, run.Status, run.Latency, run.Version);
        }
        return row;
    }

    private static List<(MonitorStatus, int, double)> Minutes(DayRow row) =>
        [.. Enumerable.Range(0, DayRow.Minutes).Select(minute => (row.StatusAt(minute), row.VersionAt(minute), row.LatencyAt(minute)))];
}
