using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Projections.History;
using Kener.Status.Site;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kener.Status.Tests;

/// <summary>How long history is kept (Behavior: RET-1, STA-7).</summary>
public sealed class HistoryRetentionTests
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Days_past_their_retention_are_emptied_and_the_page_is_rendered_again(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1) with { RetentionDays = 30 });
        await service.TellAsync(Given.Monitor(2));
        foreach (var id in new[] { 1L, 2L })
            foreach (var days in new[] { 400, 100, 40, 30, 1 })
                await service.RecordAsync(Given.Result(id, Given.Noon - (days * Minutes.Day), days is 400 or 40 or 1 ? MonitorStatus.Down : MonitorStatus.Degraded));
        await service.SettledAsync();
        for (var run = 0; run < 2; run++) await RetentionOf(service).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal("30 1", await KnownAsync(1));
        Assert.Equal("40 30 1", await KnownAsync(2));
        // Nothing else can have caused this rendering.
        await service.SettledAsync();

        Task<string> KnownAsync(long id) => HistoryRetentionTests.KnownAsync(service, id);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_status_is_no_longer_carried_forward_from_a_deleted_day_and_the_page_shows_it_at_once(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        var monitor = Given.Monitor(1) with { CarriesForward = true, RetentionDays = 365 };
        await service.TellAsync(monitor);
        // The older result is beyond what any page shows, so its day is deleted; the newer one stays.
        await service.RecordAsync(Given.Result(1, Given.Noon - (400 * Given.Day), MonitorStatus.Down), Given.Result(1, Given.Midnight - (2 * Given.Day), MonitorStatus.Up));
        var before = await service.SettledAsync();
        Assert.Equal((1440, 1440, 0), Days(await service.ViewAsync()));

        await RetentionOf(service).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, await service.ReadAsync(db => db.Days.CountAsync(day => day.Day < Given.Today - 300)));
        Assert.Equal((0, 0, 0), Days(await service.ViewAsync()));
        Assert.NotEqual(before.ETag, (await service.SettledAsync()).ETag);

        // The newest result is the present status, however old it is.
        await service.TellAsync(monitor with { Version = 2, RetentionDays = 1 });
        await RetentionOf(service).RunAsync(TestContext.Current.CancellationToken);
        var view = await service.ViewAsync();
        Assert.Equal((MonitorStatus.Up, 1440, 721), (view.Monitors[0].Now, view.Monitors[0].Days[^2].Up, view.Monitors[0].Days[^1].Up));
        await service.SettledAsync();

        static (int, int, int) Days(Ui.StatusPageView view) => (view.Monitors[0].Days[0].Down, view.Monitors[0].Days[^4].Down, view.Monitors[0].Days[^3].Down);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_sites_policy_applies_to_monitors_without_their_own(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1) with { RetentionDays = 30 });
        await service.TellAsync(Given.Monitor(2));
        foreach (var id in new[] { 1L, 2L })
            foreach (var days in new[] { 400, 40, 20, 1 })
                await service.RecordAsync(Given.Result(id, Given.Noon - (days * Minutes.Day), MonitorStatus.Up));

        Assert.Equal(("20 1", "400 40 20 1"), await AfterAsync("""{"enabled":false,"retentionDays":10}"""));
        Assert.Equal(("20 1", "40 20 1"), await AfterAsync("""{"enabled":true,"retentionDays":365}"""));
        Assert.Equal(("20 1", "1"), await AfterAsync("""{"enabled":true,"retentionDays":10}"""));

        async Task<(string, string)> AfterAsync(string policy)
        {
            Assert.Equal(200, (await service.AskAsync("PATCH", "/api/v4/site/dataRetentionPolicy", $$"""{"value":{{policy}}}""")).Status);
            await RetentionOf(service).RunAsync(TestContext.Current.CancellationToken);
            return (await KnownAsync(service, 1), await KnownAsync(service, 2));
        }
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_unreadable_monitor_does_not_stop_retention_for_the_others(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.TellAsync(Given.Monitor(2) with { RetentionDays = 30 });
        foreach (var days in new[] { 40, 1 }) await service.RecordAsync(Given.Result(2, Given.Noon - (days * Minutes.Day), MonitorStatus.Down));
        await service.ReadAsync(db => db.Monitors.Where(row => row.Id == 1).ExecuteUpdateAsync(set => set.SetProperty(row => row.Payload, "{")));
        await RetentionOf(service).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal("1", await KnownAsync(service, 2));
    }

    private static HistoryRetention RetentionOf(Service service) => service.Host.Services.GetServices<IHostedService>().OfType<HistoryRetention>().Single();

    /// <summary>Returns the days that have results, as numbers of days before today.</summary>
    private static async Task<string> KnownAsync(Service service, long id) => string.Join(' ', (await service.RecordedAsync())
        .Where(day => day.Key.Monitor == id && day.Value.LastKnown(DayRow.Minutes - 1) >= 0).Select(day => Minutes.DayOf(Given.Noon) - day.Key.Day));
}
