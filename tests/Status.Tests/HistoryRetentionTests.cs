using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.History;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kener.Status.Tests;

public sealed class HistoryRetentionTests
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Days_that_are_older_than_they_are_kept_are_emptied_and_the_page_learns_of_it(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1) with { RetentionDays = 30 });
        await service.TellAsync(Given.Monitor(2));
        foreach (var id in new[] { 1L, 2L })
            foreach (var days in new[] { 400, 100, 40, 30, 1 })
                await service.RecordAsync(Given.Reading(id, Given.Noon - (days * Minutes.Day), days is 400 or 40 or 1 ? MonitorStatus.Down : MonitorStatus.Degraded));
        await service.SettledAsync();
        for (var run = 0; run < 2; run++) await RetentionOf(service).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal("30 1", await KnownAsync(1));
        Assert.Equal("40 30 1", await KnownAsync(2));
        // The next reading draws the page, and what it remembers of the past is no more than what is kept.
        foreach (var id in new[] { 1L, 2L }) await service.RecordAsync(Given.Reading(id, Given.Noon, MonitorStatus.Up));
        await service.SettledAsync();

        Task<string> KnownAsync(long id) => HistoryRetentionTests.KnownAsync(service, id);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_sites_policy_counts_where_a_monitor_says_nothing(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1) with { RetentionDays = 30 });
        await service.TellAsync(Given.Monitor(2));
        foreach (var id in new[] { 1L, 2L })
            foreach (var days in new[] { 400, 40, 20, 1 })
                await service.RecordAsync(Given.Reading(id, Given.Noon - (days * Minutes.Day), MonitorStatus.Up));

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

    private static HistoryRetention RetentionOf(Service service) => service.Host.Services.GetServices<IHostedService>().OfType<HistoryRetention>().Single();

    /// <summary>The days of which anything is known, as so many days ago.</summary>
    private static async Task<string> KnownAsync(Service service, long id) => string.Join(' ', (await service.ReadAsync(db => db.Days.Where(day => day.MonitorId == id).OrderBy(day => day.Day).ToListAsync()))
        .Where(day => DayRow.Unpack(day.Packed).LastKnown(DayRow.Minutes - 1) >= 0).Select(day => Minutes.DayOf(Given.Noon) - day.Day));
}
