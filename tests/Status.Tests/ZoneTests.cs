using CsCheck;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Projections.History;
using Kener.Status.Projections.Incidents;
using Kener.Status.Rendering;

namespace Kener.Status.Tests;

/// <summary>Days are those of the visitor's time zone (Behavior: UPT-1).</summary>
public sealed class ZoneTests
{
    private static readonly string[] Zones =
        ["UTC", "Asia/Tokyo", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago"];

    private static readonly Gen<TimeZoneInfo> Zone = Gen.Int[0, Zones.Length - 1].Select(i => TimeZones.Find(Zones[i])!);

    // Covers the weeks in which clocks are set back in the north and forward in the south.
    private static readonly Gen<long> Now = Gen.Long[Given.Noon - 60 * Given.Day, Given.Noon + 60 * Given.Day];

    [Fact]
    public void Days_are_contiguous_and_every_instant_belongs_to_one() => Gen.Select(Zone, Now).Sample((zone, now) =>
    {
        var calendar = new Calendar(zone);
        var day = calendar.DayOf(now);
        Assert.InRange(now, calendar.StartOf(day), calendar.StartOf(day + 1) - 1);
        Assert.InRange(calendar.StartOf(day + 1) - calendar.StartOf(day), 22 * 3600, 26 * 3600);
        Assert.Equal(day, calendar.DayOf(calendar.StartOf(day)));
        Assert.Equal(day, calendar.DayOf(calendar.StartOf(day + 1) - 1));
        var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(calendar.StartOf(day)), zone);
        Assert.Equal(Calendar.DateOf(day), DateOnly.FromDateTime(local.DateTime));
    });

    [Fact]
    public void The_calendar_accepts_every_instant_and_every_day_number()
    {
        long[] ends =
        [
            long.MinValue, long.MinValue + 59, -62_135_596_801, -62_135_596_800, -62_135_510_400, -1, 0, 253_402_214_400, 253_402_300_799, 253_402_300_800,
            long.MaxValue - 60, long.MaxValue,
        ];
        Gen.Select(Zone, Gen.OneOf(Gen.Int[0, ends.Length - 1].Select(i => ends[i]), Gen.Long, Gen.Long[-70_000_000_000, 260_000_000_000]), Gen.Int).Sample((zone, instant, number) =>
        {
            var calendar = new Calendar(zone);
            var day = calendar.DayOf(instant);
            Assert.True(calendar.StartOf(day) < calendar.StartOf(day + 1));
            if (instant is > -62_135_000_000 and < 253_402_000_000) Assert.InRange(instant, calendar.StartOf(day), calendar.StartOf(day + 1) - 1);
            Assert.True(calendar.DayOf(instant == long.MaxValue ? instant : instant + 1) >= day);
            Assert.Equal(Calendar.DateOf(day).AddDays(1), Calendar.DateOf(day + 1));
            Assert.True(calendar.StartOf(number) <= calendar.StartOf(number == int.MaxValue ? number : number + 1));
            _ = Calendar.DateOf(number);
        });
    }

    [Theory]
    [InlineData("Europe/Berlin", 2026, 10, 25, 25)]
    [InlineData("Europe/Berlin", 2026, 3, 29, 23)]
    [InlineData("America/Santiago", 2026, 9, 6, 23)]
    [InlineData("Asia/Tokyo", 2026, 10, 25, 24)]
    public void A_day_is_shorter_or_longer_when_clocks_change(string zone, int year, int month, int day, int hours)
    {
        var calendar = new Calendar(TimeZones.Find(zone)!);
        var number = new DateOnly(year, month, day).DayNumber - new DateOnly(1970, 1, 1).DayNumber;
        Assert.Equal(hours * 3600, calendar.StartOf(number + 1) - calendar.StartOf(number));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_day_counts_exactly_the_minutes_that_belong_to_it(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await Gen.Select(Zone, Now, Gen.Select(Gen.Long[-20 * 1440, 100], Gen.Int[1, 2000], Gen.Int[1, 4]).Array[1, 6]).SampleAsync(async (zone, now, runs) =>
        {
            await service.ForgetAsync();
            await service.TellAsync(Given.Monitor(1));
            var minutes = new Dictionary<long, MonitorStatus>();
            for (var i = 0; i < runs.Length; i++)
            {
                var (start, count, status) = (Minutes.Floor(now) + runs[i].Item1 * 60, runs[i].Item2, (MonitorStatus)runs[i].Item3);
                await service.RecordAsync(Given.Result(1, start, status, count, i + 1));
                for (var minute = start; minute < start + count * 60L; minute += 60) minutes[minute] = status;
            }
            var calendar = new Calendar(zone);
            var today = calendar.DayOf(now);
            var expected = minutes.Where(pair => pair.Key <= now).ToLookup(pair => calendar.DayOf(pair.Key), pair => pair.Value);
            var reader = new FactsReader(new KenerSettings(), new RecentIncidents());
            var facts = await service.ReadAsync(db => reader.ReadAsync(db, zone.Id, now, TestContext.Current.CancellationToken));
            var days = facts.Visible[1].Past.DaysAt(now);
            for (var day = today - 89; day <= today; day++)
            {
                var counts = days[day - today + 89];
                Assert.Equal(
                    (expected[day].Count(status => status == MonitorStatus.Up), expected[day].Count(status => status == MonitorStatus.Down), expected[day].Count()),
                    (counts.Up, counts.Down, counts.Total));
            }
            Assert.Equal(minutes.Where(pair => pair.Key <= now).OrderBy(pair => pair.Key).Select(pair => pair.Value).LastOrDefault(), facts.Visible[1].Past.StatusAt(now, 0));
        }, iter: 20, threads: 1);
    }
}
