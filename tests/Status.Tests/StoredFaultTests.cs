using System.Net;
using System.Text;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Publishing;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kener.Status.Tests;

/// <summary>Stored data that cannot be rendered affects only itself, and /health reports it (Behavior: PAG-16).</summary>
public sealed class StoredFaultTests
{
    private const long LastDay = 253_402_300_740;

    public static TheoryData<DatabaseKind, string> Poisons
    {
        get
        {
            var all = new TheoryData<DatabaseKind, string>();
            foreach (var database in (DatabaseKind[])[DatabaseKind.Sqlite, DatabaseKind.PostgreSQL])
                foreach (var poison in (string[])["no JSON", "null", "[]", """{"id":2}""", """{"id":2,"version":1,"members":[null]}""", """{"id":2,"version":1,"name":null}""", "day", "waiting", "impact"])
                    all.Add(database, poison);
            return all;
        }
    }

    [Theory, MemberData(nameof(Poisons))]
    public async Task An_unreadable_monitor_is_left_out_and_pages_are_rendered_without_it(DatabaseKind database, string poison)
    {
        await using var service = await Service.StartAsync(database);
        foreach (var id in (long[])[1, 2, 3]) await service.TellAsync(Given.Monitor(id));
        await service.SettledAsync();
        await HealthAsync(service, HttpStatusCode.OK);
        await PoisonAsync(service, poison);
        await service.TellAsync(Given.Monitor(1, 2) with { Name = "Payments" });
        await SaysAsync(service, SitePages.HomeKey, "Payments");
        Assert.Contains("Monitor 3", Text(service, SitePages.HomeKey), StringComparison.Ordinal);
        Assert.DoesNotContain("Monitor 2", Text(service, SitePages.HomeKey), StringComparison.Ordinal);
        await HealthAsync(service, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/ready")).Status);
        await ConfirmedAsync(service);

        await service.TellAsync(Given.Monitor(2, 9) with { Deleted = true });
        await HealthAsync(service, HttpStatusCode.OK);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_unreadable_incident_is_left_out_and_has_no_page_until_a_new_event_arrives(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Incident(5, Given.Noon - 60) with { Title = "Five", IsGlobal = true });
        await service.TellAsync(Given.Incident(6, Given.Noon - 60) with { Title = "Six", IsGlobal = true });
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/incidents/5")).Status);
        await service.ReadAsync(db => db.Incidents.Where(row => row.Id == 5).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Payload, """{"id":5,"version":2,"state":77,"updates":[null]}""").SetProperty(row => row.Version, 2)));
        await service.TellAsync(Given.Incident(6, Given.Noon - 60) with { Title = "Six anew", Version = 2, IsGlobal = true });
        await SaysAsync(service, SitePages.HomeKey, "Six anew");
        await Eventually.TrueAsync(() => Task.FromResult(!Text(service, SitePages.HomeKey).Contains("Five", StringComparison.Ordinal)));
        await HealthAsync(service, HttpStatusCode.ServiceUnavailable);

        // Its own page is rendered again, which fails; further requests are then answered from memory.
        await service.AskAsync("PATCH", "/api/v4/site/siteName", """{"value":"Another"}""");
        await Eventually.TrueAsync(() => Task.FromResult(service.Board.Find("page:/incidents/5") is null));
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.ServiceUnavailable, (await service.GetAsync("/incidents/5")).Status);
        await service.TellAsync(Given.Incident(5, Given.Noon - 60) with { Title = "Five anew", Version = 3, IsGlobal = true });
        await SaysAsync(service, "page:/incidents/5", "Five anew");
        await HealthAsync(service, HttpStatusCode.OK);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_page_that_cannot_be_rendered_is_not_confirmed_and_the_others_are_rendered(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        const string New = """{"page_path":"eu","page_title":"Europe","page_header":"Servers","monitors":["m1"]}""";
        Assert.Equal(201, (await service.AskAsync("POST", "/api/v4/pages", New)).Status);
        foreach (var path in (string[])["/", "/eu"]) await AskInTokyoAsync(service, path);
        await ConfirmedAsync(service);

        // No request can put the same monitor on a page twice.
        await SetMonitorsAsync(service, [1, 1]);
        await service.TellAsync(Given.Monitor(1, 2) with { Name = "Payments" });
        await SaysAsync(service, SitePages.HomeKey, "Payments");
        await SaysAsync(service, Tokyo("/"), "Payments");
        Assert.Contains("Monitor 1", Text(service, Publisher.KeyOf("/eu")), StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Task.FromResult(service.Board.Find(Tokyo("/eu")) is null));
        await HealthAsync(service, HttpStatusCode.ServiceUnavailable);
        var before = service.Board.ConfirmedMs;
        for (var i = 0; i < 20; i++)
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            await service.GetAsync("/alive");
        }
        Assert.Equal(before, service.Board.ConfirmedMs);
        // The plain page, with its age, is shown in place of the variant.
        Assert.Contains("Monitor 1", await AskInTokyoAsync(service, "/eu"), StringComparison.Ordinal);
        Assert.Null(service.Board.Find(Tokyo("/eu")));

        await SetMonitorsAsync(service, [1]);
        await service.TellAsync(Given.Monitor(1, 3) with { Name = "Payments" });
        await SaysAsync(service, Publisher.KeyOf("/eu"), "Payments");
        await SaysAsync(service, Tokyo("/eu"), "Payments");
        await HealthAsync(service, HttpStatusCode.OK);
        await ConfirmedAsync(service);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Extreme_times_do_not_stop_the_rendering_of_pages(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        Assert.Equal(200, (await service.AskAsync("PATCH", "/api/v4/site/timeZone", """{"value":"Europe/Berlin"}""")).Status);
        await service.TellAsync(Given.Monitor(1));
        await AskInTokyoAsync(service, "/");
        foreach (var minute in (long[])[LastDay, 0, LastDay - 86_400, long.MaxValue, long.MinValue]) await service.RecordAsync(Given.Result(1, minute, MonitorStatus.Down, latency: 5));
        var link = new IncidentLink(1, MonitorStatus.Down);
        foreach (var (id, start, end) in ((long, long, long?)[])[(1, LastDay, null), (2, 0, LastDay), (3, long.MinValue, long.MaxValue), (4, long.MaxValue, long.MinValue), (5, long.MinValue, null)])
        {
            await service.TellAsync(Given.Incident(id, start, end, link) with { Updates = [new IncidentUpdate(1, end ?? start, IncidentState.Resolved, "text")] });
            Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"/incidents/{id}")).Status);
        }
        await service.TellAsync(Given.Monitor(1, 2) with { Name = "Payments" });
        await SaysAsync(service, SitePages.HomeKey, "Payments");
        await SaysAsync(service, Tokyo("/"), "Payments");
        Assert.Equal([5, 3, 2], (await service.ViewAsync()).Ongoing.Select(shown => shown.Incident.Id).OrderDescending());
        await HealthAsync(service, HttpStatusCode.OK);
        await ConfirmedAsync(service);
    }

    [Fact]
    public async Task An_incomplete_event_is_not_stored()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await Assert.ThrowsAnyAsync<Exception>(() => service.TellAsync(Given.Incident(1, 0, null, new IncidentLink(1, (MonitorStatus)200))));
        await Assert.ThrowsAnyAsync<Exception>(() => service.TellAsync(Given.Monitor(1) with { Members = null! }));
        Assert.Equal((0, 0), (await service.ReadAsync(db => db.Incidents.CountAsync()), await service.ReadAsync(db => db.Monitors.CountAsync())));
    }

    [Fact]
    public void A_fault_is_logged_once_when_it_begins()
    {
        var log = new CountingLog();
        var faults = new RenderFaults(log);
        for (var i = 0; i < 5; i++)
        {
            faults.Set("pages", [new StoredFault("Monitor a", new InvalidDataException())]);
            faults.Set("Asia/Tokyo", [new StoredFault("Monitor a", new InvalidDataException())]);
        }
        Assert.Equal(1, log.Entries);
        faults.Clear("pages");
        faults.Clear("Asia/Tokyo");
        faults.Set("pages", [new StoredFault("Monitor a", new InvalidDataException())]);
        Assert.Equal(2, log.Entries);
    }

    private static Task<int> PoisonAsync(Service service, string poison) => service.ReadAsync(async db =>
    {
        switch (poison)
        {
            case "day":
                await db.Database.ExecuteSqlAsync($"INSERT INTO day_rows (monitor_id, day, changed, packed) VALUES (2, {Given.Today}, 5, {"garbage"u8.ToArray()})");
                break;
            case "impact":
                await db.Database.ExecuteSqlAsync($"""INSERT INTO overlays (kind, source_id, monitor_id, start, "end", impact) VALUES (0, 9, 2, 0, NULL, 200)""");
                break;
            case not "waiting":
                return await db.Monitors.Where(row => row.Id == 2).ExecuteUpdateAsync(set => set.SetProperty(row => row.Payload, poison).SetProperty(row => row.Version, 2));
        }
        await db.Database.ExecuteSqlAsync($"INSERT INTO histories (monitor_id, version, latest_version, latest_status, latest_latency, pending) VALUES (2, 0, 0, 0, 0, {Array.Empty<byte>()}) ON CONFLICT DO NOTHING");
        byte[] waiting = poison == "waiting" ? [255, 255, 255] : [];
        return await db.Histories.Where(row => row.MonitorId == 2).ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, 5).SetProperty(row => row.Pending, waiting));
    });

    private static Task<int> SetMonitorsAsync(Service service, List<long> ids) => service.ReadAsync(db => db.Pages.Where(page => page.Path == "eu")
        .ExecuteUpdateAsync(set => set.SetProperty(page => page.MonitorIds, ids).SetProperty(page => page.Version, page => page.Version + 1)));

    private static string Tokyo(string path) => $"page:{path}?en&Asia/Tokyo&system";

    private static async Task<string> AskInTokyoAsync(Service service, string path)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = service.Host.Anonymous.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Cookie", "kener_tz=Asia/Tokyo");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static string Text(Service service, string key) => service.Board.Find(key) is { } page ? Encoding.UTF8.GetString(page.Body) : "";

    // Results that leave the status as it was are rendered only after a second of the clock.
    private static Task SaysAsync(Service service, string key, string words) => Eventually.TrueAsync(() =>
    {
        service.Clock.Advance(TimeSpan.FromMilliseconds(100));
        return Task.FromResult(Text(service, key).Contains(words, StringComparison.Ordinal));
    });

    private static Task HealthAsync(Service service, HttpStatusCode status) => Eventually.TrueAsync(async () =>
    {
        service.Clock.Advance(TimeSpan.FromMilliseconds(100));
        return (await service.GetAsync("/health")).Status == status;
    });

    private static Task ConfirmedAsync(Service service)
    {
        var before = service.Board.ConfirmedMs;
        return Eventually.TrueAsync(() =>
        {
            service.Clock.Advance(TimeSpan.FromMilliseconds(500));
            return Task.FromResult(service.Board.ConfirmedMs > before);
        });
    }

    private sealed class CountingLog : ILogger<RenderFaults>
    {
        public int Entries { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Entries++;
    }
}
