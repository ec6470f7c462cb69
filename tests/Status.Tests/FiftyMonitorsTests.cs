using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;

namespace Kener.Status.Tests;

/// <summary>A page of typical size: 50 monitors with 90 days each, some of them with outages.</summary>
public sealed class FiftyMonitorsTests(ITestOutputHelper output)
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_page_is_small_and_is_rendered_again_after_each_change(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await FillAsync(service);
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        var home = await service.SettledAsync();
        output.WriteLine($"{home.Body.Length} bytes, {home.Brotli!.Length} in brotli, {home.Gzip!.Length} in gzip");
        Assert.InRange(home.Brotli.Length, 1, 16 * 1024);

        for (var version = 2; version < 2 + Scale.Of(3); version++)
        {
            await service.TellAsync(Given.Incident(1, Given.Noon - version * 60, null, new IncidentLink(7, MonitorStatus.Down)) with { Version = version });
            var next = await service.SettledAsync();
            Assert.NotEqual(home.ETag, next.ETag);
            home = next;
        }
    }

    private static async Task FillAsync(Service service)
    {
        var random = new Random(1);
        for (var id = 1; id <= 50; id++) await service.TellAsync(Given.Monitor(id) with { Type = "API", PeriodSeconds = 60 });
        for (var day = 0; day < 90; day++)
            await service.RecordAsync([.. Enumerable.Range(1, 50).SelectMany(id => OfDay(id, Given.Midnight - day * Given.Day, day == 0 ? 721 : 1440, random))]);
    }

    private static IEnumerable<ResultRun> OfDay(int id, long from, int minutes, Random random)
    {
        var trouble = random.Next(8) == 0 ? random.Next(1, 100) : 0;
        yield return Given.Result(id, from, MonitorStatus.Up, minutes - trouble, latency: random.Next(50, 200));
        yield return Given.Result(id, from + (minutes - trouble) * 60, trouble % 2 == 0 ? MonitorStatus.Down : MonitorStatus.Degraded, trouble);
    }
}
