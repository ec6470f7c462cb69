using CsCheck;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Projections.History;
using Kener.Status.Projections.Incidents;
using Kener.Status.Rendering;
using Kener.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Status.Tests;

/// <summary>Events may arrive in any order and any number of times.</summary>
public sealed class OrderTests
{
    private const int Versions = 3;
    private static readonly string[] Zones = ["UTC", "Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"];

    /// <summary>Identifies an event. Its content follows from this and the seed, so a version always has the same content.</summary>
    private readonly record struct Told(char Kind, int Id, int Version);

    private static readonly Gen<Told> Any = Gen.Select(Gen.Int[0, 3].Select(kind => "mirr"[kind]), Gen.Int[1, 4], Gen.Int[1, Versions])
        .Select((kind, id, version) => new Told(kind, id, version));

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Any_order_and_any_duplication_of_the_same_events_give_the_same_page(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await SetUpAsync(service);
        await Gen.Select(Any.Array[1, 25], Gen.Int).SampleAsync(async (told, seed) =>
        {
            var inOrder = told.Distinct().OrderBy(one => one.Version).ThenBy(one => one.Kind).ThenBy(one => one.Id).ToArray();
            var shuffled = told.Concat(told.Take(6)).ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(await AfterAsync(service, inOrder, seed), await AfterAsync(service, shuffled, seed));
        }, iter: Scale.Of(8), threads: 1);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Facts_kept_between_two_renderings_never_differ_from_the_database(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await Gen.Select(Any.Array[1, 20], Gen.Int[0, 40_000].Array[20], Gen.Int).SampleAsync(async (told, steps, seed) =>
        {
            await service.ForgetAsync();
            var (reader, zone) = (new FactsReader(new KenerSettings(), service.Host.Services.GetRequiredService<RecentIncidents>()), Zones[(seed & int.MaxValue) % Zones.Length]);
            var now = Given.Noon - Given.Day;
            for (var i = 0; i < told.Length; i++)
            {
                await service.TellAsync(Event(told[i], seed));
                now += steps[i];
                Assert.Equal(await TextAsync(service, new FactsReader(new KenerSettings(), new RecentIncidents()), zone, now), await TextAsync(service, reader, zone, now));
            }
        }, iter: Scale.Of(8), threads: 1);
    }

    private static async Task<string> AfterAsync(Service service, IEnumerable<Told> told, int seed)
    {
        await service.ForgetAsync();
        foreach (var one in told) await service.TellAsync(Event(one, seed));
        var days = (await service.RecordedAsync()).Select(day => $"{day.Key} {Convert.ToHexString(day.Value.Pack())}");
        var pages = new[] { (await service.ViewAsync(Given.Noon)).Text(), (await service.ViewAsync(Given.Noon, "/other")).Text() };
        return string.Join('\n', pages) + "\n" + string.Join('\n', days);
    }

    /// <summary>Creates a page with its own list of monitors, and changes settings of the site.</summary>
    private static async Task SetUpAsync(Service service)
    {
        for (var id = 1; id <= 3; id++) await service.TellAsync(Given.Monitor(id));
        var made = await service.AskAsync("POST", "/api/v4/pages", """
            {"page_path":"other","page_title":"Other","page_header":"Other","monitors":["m3","m1"],"page_settings":{"incidents":{"resolved":{"days_in_past":2}}}}
            """);
        Assert.Equal(201, made.Status);
        Assert.Equal(200, (await service.AskAsync("PATCH", "/api/v4/site/timeZone", """{"value":"Asia/Tokyo"}""")).Status);
        Assert.Equal(200, (await service.AskAsync("PATCH", "/api/v4/site/homeIncidentCount", """{"value":2}""")).Status);
    }

    private static async Task<string> TextAsync(Service service, FactsReader reader, string zone, long now)
    {
        var all = await service.ReadAsync(db => reader.ReadAsync(db, zone, now, TestContext.Current.CancellationToken));
        var today = Calendar.DateOf(reader.CalendarOf(zone).DayOf(now));
        return PageRules.Of(all.Of(all.Site.Pages[0]), all.Site.Settings.Audience, today, now).Text();
    }

    private static object Event(Told told, int seed)
    {
        var random = new Random(HashCode.Combine(seed, told));
        return told.Kind switch
        {
            'm' => Monitor(told, random),
            'i' => Incident(told, random),
            _ => new ResultsRecorded { Runs = [.. Enumerable.Range(1, 3).Select(monitor => ResultRun(told, monitor, random))] },
        };
    }

    // Monitors 1 and 4 share a tag: 4 is 1, deleted and created again.
    private static MonitorChanged Monitor(Told told, Random random) => Given.Monitor(told.Id, told.Version) with
    {
        Tag = told.Id == 4 ? "m1" : $"m{told.Id}",
        Name = $"Name {random.Next(5)}",
        Deleted = told.Version == Versions && random.Next(2) == 0,
        Hidden = random.Next(5) == 0,
        Active = random.Next(5) != 0,
        Type = told.Id == 2 ? "API" : "NONE",
        PeriodSeconds = told.Id == 2 ? 60 : 0,
        CarriesForward = random.Next(3) == 0,
        DefaultStatus = random.Next(3) == 0 ? MonitorStatus.Degraded : null,
    };

    private static IncidentChanged Incident(Told told, Random random)
    {
        if (told.Version == Versions && random.Next(2) == 0) return new IncidentChanged { Id = told.Id, Version = told.Version, Deleted = true };
        var start = Given.Noon - random.Next(4 * (int)Given.Day);
        IncidentLink[] links = [.. Enumerable.Range(1, 4).Where(_ => random.Next(2) == 0).Select(id => new IncidentLink(id, (MonitorStatus)random.Next(2, 5)))];
        return Given.Incident(told.Id, start, random.Next(2) == 0 ? start + random.Next(2 * (int)Given.Day) : null, links) with
        {
            Version = told.Version,
            IsGlobal = random.Next(2) == 0,
            Updates = [new IncidentUpdate(told.Version, start + random.Next(1000), IncidentState.Monitoring, "text")],
        };
    }

    // Also across midnight and into the future. A version of a minute must have the same content in every message, so each id has its own minutes.
    private static ResultRun ResultRun(Told told, int monitor, Random random) => Given.Result(
        monitor, Given.Noon + (told.Id - 3) * (Given.Day / 2) - 7 * 60, (MonitorStatus)random.Next(5), 12 + told.Id, told.Version, random.Next(3) * 10.5);
}
