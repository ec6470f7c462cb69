using Kener.Contracts;
using Kener.Monitors.Results;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Monitors.Tests;

/// <summary>A monitor whose stored data cannot be read does not stop the loops from serving the others.</summary>
public sealed class BrokenMonitorTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    public static MatrixTheoryData<DatabaseKind, string> Cases { get; } = new([DatabaseKind.Sqlite, DatabaseKind.PostgreSQL], ["HEARTBEAT", "GROUP"]);

    [Theory, MemberData(nameof(Cases))]
    public async Task The_other_monitors_are_evaluated_each_minute(DatabaseKind database, string type)
    {
        var clock = new FakeTimeProvider(Start);
        await using var app = await MonitorsApp.StartAsync(database, clock);
        var (_, broken) = await app.MonitorAsync($$""","monitor_type":"{{type}}","cron":"* * * * *","type_data":{}""");
        var ((a, idA), (b, idB)) = (await app.CheckedAsync(), await app.CheckedAsync());
        await app.ReportAsync(MonitorsApp.Result(idA, Start.ToUnixTimeSeconds()), MonitorsApp.Result(idB, Start.ToUnixTimeSeconds()));
        var (_, group) = await app.MonitorAsync(
            $$""","monitor_type":"GROUP","cron":"* * * * *","type_data":{"monitors":[{"tag":"{{a}}","weight":0.5},{"tag":"{{b}}","weight":0.5}]}""");
        await HasAsync(0);
        await app.WithDbAsync(db => db.Monitors.Where(row => row.Id == broken).ExecuteUpdateAsync(set => set.SetProperty(row => row.TypeData, "[1]")));
        // Any change makes the loop read all monitors again.
        await app.PatchAsync("/" + a, """{"description":"changed"}""");
        clock.Advance(TimeSpan.FromMinutes(1));
        await HasAsync(1);
        clock.Advance(TimeSpan.FromMinutes(1));
        await HasAsync(2);

        // The loop also sleeps on this clock.
        Task HasAsync(int minutes) => Eventually.TrueAsync(async () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            var minute = Start.AddMinutes(minutes).ToUnixTimeSeconds();
            return await app.WithDbAsync(db => db.Results.AnyAsync(row => row.MonitorId == group && row.Minute == minute && row.Status == MonitorStatus.Up));
        });
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Old_results_of_the_other_monitors_are_deleted(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database, new FakeTimeProvider(Start));
        var (_, broken) = await app.MonitorAsync();
        var (other, otherId) = await app.MonitorAsync();
        var old = Start.AddDays(-400).ToUnixTimeSeconds();
        await app.PatchAsync($"/{other}/data/{old}", """{"status":"UP"}""");
        // This many days ago is before the earliest date that can be represented.
        await app.WithDbAsync(db => db.Monitors.Where(row => row.Id == broken).ExecuteUpdateAsync(set => set.SetProperty(row => row.RetentionDays, int.MaxValue)));
        await app.Host.Services.GetServices<IHostedService>().OfType<Retention>().Single().RunAsync(TestContext.Current.CancellationToken);
        Assert.False(await app.WithDbAsync(db => db.Results.AnyAsync(row => row.MonitorId == otherId)));
    }
}
