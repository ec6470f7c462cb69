using CsCheck;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Projections.History;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Tests;

/// <summary>Results in the day buffer, which wait to be written into a day row.</summary>
public sealed class DayBufferTests
{
    private static readonly Gen<MinuteRun> Any = Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 1439], Gen.Int[1, 1440], Gen.Int[0, 4], Gen.Int[0, 1_000_000], Gen.Int[1, int.MaxValue])
        .Select((day, from, count, status, latency, version) =>
            new MinuteRun(day, from, Math.Min(count, DayRow.Minutes - from), (MonitorStatus)status, latency / 100.0, version));

    [Fact]
    public void Reading_returns_what_was_appended() => Any.Array[0, 20].Sample(pieces =>
    {
        Assert.Equal(pieces, DayBuffer.Read(DayBuffer.With([], pieces)!));
        byte[]? oneByOne = [];
        foreach (var piece in pieces) oneByOne = DayBuffer.With(oneByOne!, [piece]);
        Assert.Equal(DayBuffer.With([], pieces), oneByOne);
    });

    [Fact]
    public void Corrupt_bytes_throw_nothing_but_InvalidDataException() => Gen.Byte.Array[0, 60].Sample(noise =>
    {
        try
        {
            foreach (var piece in DayBuffer.Read(noise)) Assert.InRange(piece.Last, piece.First, (piece.Day * Given.Day) + Given.Day - 60);
        }
        catch (InvalidDataException)
        {
            // The only exception that is allowed.
        }
    });

    [Fact]
    public void The_buffer_holds_an_hour_of_minutes()
    {
        Assert.NotNull(DayBuffer.With([], Enumerable.Range(0, 60).Select(minute => new MinuteRun(20_000, minute, 1, MonitorStatus.Up, 40, 1))));
        Assert.Null(DayBuffer.With([], Enumerable.Range(0, 80).Select(minute => new MinuteRun(20_000, minute, 1, MonitorStatus.Up, 40, 1))));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Each_minute_counts_at_once_and_its_day_row_is_written_once_an_hour(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        var written = new HashSet<long>();
        for (var minute = 0; minute < 200; minute++)
        {
            await service.RecordAsync(Given.Result(1, Given.Midnight - 3600 + (minute * 60), MonitorStatus.Up, latency: minute));
            foreach (var day in await service.ReadAsync(db => db.Days.ToListAsync())) written.Add(day.Changed);
            var days = (await service.ViewAsync()).Monitors.Single().Days;
            Assert.Equal((Math.Min(minute + 1, 60), Math.Max(0, minute - 59)), (days[^2].Up, days[^1].Up));
        }
        Assert.InRange(written.Count, 1, 4);
        Assert.Equal(200, await service.ReadAsync(db => db.Histories.Select(head => head.Version).SingleAsync()));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_buffered_result_can_be_corrected_and_a_repeated_one_changes_nothing(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        for (var minute = 0; minute < 10; minute++) await service.RecordAsync(Given.Result(1, Given.Midnight + (minute * 60), MonitorStatus.Up));
        await service.RecordAsync(Given.Result(1, Given.Midnight + 240, MonitorStatus.Down, version: 2));
        await service.RecordAsync(Given.Result(1, Given.Midnight + 600, MonitorStatus.Up));
        for (var minute = 0; minute < 11; minute++) await service.RecordAsync(Given.Result(1, Given.Midnight + (minute * 60), MonitorStatus.Up));

        var today = (await service.ViewAsync()).Monitors.Single().Days[^1];
        Assert.Equal((10, 1), (today.Up, today.Down));
        Assert.Equal(12, await service.ReadAsync(db => db.Histories.Select(head => head.Version).SingleAsync()));
        await service.PassingAsync(service.SettledAsync());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Deleting_a_monitor_discards_its_buffered_results(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Up));
        await service.TellAsync(Given.Monitor(1, 2) with { Deleted = true });
        await service.RecordAsync(Given.Result(1, Given.Noon + 60, MonitorStatus.Up));
        Assert.Empty(await service.RecordedAsync());
    }
}
