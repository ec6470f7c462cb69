using System.Net;
using System.Text.Json;
using Kener.Contracts;
using Kener.Monitors.Results;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Monitors.Tests;

/// <summary>How long results are kept (Behavior: RET-1, RET-2).</summary>
public sealed class RetentionTests(MonitorsApps apps)
{
    private static readonly DateTimeOffset Start = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Results_are_deleted_when_they_are_older_than_their_monitor_keeps_them(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(Start);
        await using var app = await MonitorsApp.StartAsync(database, clock);
        var (usual, usualId) = await app.MonitorAsync();
        var (brief, briefId) = await app.MonitorAsync(""","monitor_settings_json":{"retention_days":2}""");
        var (gone, goneId) = await app.MonitorAsync();
        foreach (var tag in new[] { usual, brief })
            await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{At(-100)}},"end_ts":{{At(-80)}},"status":"UP","latency":1}""");
        await app.PatchAsync($"/{brief}/data", $$"""{"start_ts":{{At(-3)}},"end_ts":{{At(-1)}},"status":"UP","latency":1}""");
        await app.DeleteAsync("/" + gone);
        await app.WithDbAsync(db => db.Database.ExecuteSqlAsync(
            $"INSERT INTO results (monitor_id, minute, region, status, raw_status, latency, type, version) VALUES ({goneId}, {At(0)}, 0, 1, 1, 1, 0, 1)"));
        for (var run = 0; run < 2; run++) await RetentionOf(app).RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal((At(-90), At(-80)), await SpanAsync(usualId));
        Assert.Equal((At(-2), At(-1)), await SpanAsync(briefId));
        Assert.Equal(0, await app.WithDbAsync(db => db.Results.CountAsync(row => row.MonitorId == goneId)));

        Task<(long, long)> SpanAsync(long id) => app.WithDbAsync(async db => (
            await db.Results.Where(row => row.MonitorId == id).MinAsync(row => row.Minute), await db.Results.Where(row => row.MonitorId == id).MaxAsync(row => row.Minute)));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task The_sites_policy_applies_to_monitors_without_their_own(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database, new FakeTimeProvider(Start));
        var (usual, usualId) = await app.MonitorAsync();
        var (own, ownId) = await app.MonitorAsync(""","monitor_settings_json":{"retention_days":20}""");
        foreach (var tag in new[] { usual, own })
            foreach (var days in new[] { -100, -50, -20, -10, -5 }) await app.PatchAsync($"/{tag}/data/{At(days)}", """{"status":"UP"}""");

        // Not enabled: results are kept for ever.
        Assert.Equal((At(-100), At(-20)), await AfterAsync(new SiteChanged { Version = 5, RetentionDays = null }));
        Assert.Equal((At(-50), At(-20)), await AfterAsync(new SiteChanged { Version = 6, RetentionDays = 50 }));
        Assert.Equal((At(-50), At(-20)), await AfterAsync(new SiteChanged { Version = 4, RetentionDays = 10 }));
        Assert.Equal((At(-10), At(-20)), await AfterAsync(new SiteChanged { Version = 7, RetentionDays = 10 }));

        async Task<(long, long)> AfterAsync(SiteChanged site)
        {
            await app.Host.PublishAsync(site);
            await RetentionOf(app).RunAsync(TestContext.Current.CancellationToken);
            return await app.WithDbAsync(async db => (
                await db.Results.Where(row => row.MonitorId == usualId).MinAsync(row => row.Minute), await db.Results.Where(row => row.MonitorId == ownId).MinAsync(row => row.Minute)));
        }
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Agents_may_report_results_that_the_sites_policy_keeps(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database, new FakeTimeProvider(Start));
        var (_, id) = await app.CheckedAsync();
        await UntilTakenAsync(At(-100), taken: false);
        await app.Host.PublishAsync(new SiteChanged { Version = 1, RetentionDays = 200 });
        await UntilTakenAsync(At(-100), taken: true);
        await UntilTakenAsync(At(-201), taken: false);
        await app.Host.PublishAsync(new SiteChanged { Version = 2, RetentionDays = null });
        await UntilTakenAsync(At(-3_000), taken: true);
        await app.Host.PublishAsync(new SiteChanged { Version = 3, RetentionDays = 2 });
        await UntilTakenAsync(At(-3), taken: false);

        // A changed policy applies to reports within a second.
        Task UntilTakenAsync(long minute, bool taken) => Eventually.TrueAsync(async () =>
        {
            var body = JsonSerializer.Serialize(new CheckReport("tester", [MonitorsApp.Result(id, minute)]), AgentJson.Default.CheckReport);
            var answer = await app.ReportAsync(body);
            ((FakeTimeProvider)app.Host.Services.GetRequiredService<TimeProvider>()).Advance(TimeSpan.FromMilliseconds(100));
            return taken ? answer.Status == HttpStatusCode.OK : answer.Status != HttpStatusCode.OK && answer.Message == "results[0]: minute is older than results are kept";
        });
    }

    [Fact]
    public async Task The_partition_of_a_month_is_dropped_only_when_none_of_its_results_is_kept()
    {
        var clock = new FakeTimeProvider(Start);
        await using var app = await MonitorsApp.StartAsync(DatabaseKind.PostgreSQL, clock);
        await app.Host.PublishAsync(new SiteChanged { Version = 1, RetentionDays = null });
        clock.SetUtcNow(Start.AddYears(2));
        Assert.Equal("results_2025_10", await OldestAsync(new SiteChanged { Version = 1, RetentionDays = null }));
        Assert.Equal("results_2025_10", await OldestAsync(new SiteChanged { Version = 2, RetentionDays = 900 }));
        Assert.Equal("results_2025_12", await OldestAsync(new SiteChanged { Version = 3, RetentionDays = 770 }));

        async Task<string> OldestAsync(SiteChanged site)
        {
            await app.Host.PublishAsync(site);
            await app.Host.Services.GetRequiredService<ResultPartitions>().EnsureAsync(TestContext.Current.CancellationToken);
            await RetentionOf(app).RunAsync(TestContext.Current.CancellationToken);
            return (await PartitionsAsync(app)).Split(' ')[0];
        }
    }

    [Fact]
    public async Task Partitions_of_months_that_are_older_than_every_retention_are_dropped()
    {
        var clock = new FakeTimeProvider(Start);
        await using var app = await MonitorsApp.StartAsync(DatabaseKind.PostgreSQL, clock);
        Assert.Equal("results_2025_10 results_2025_11 results_2025_12 results_2026_01 results_2026_02 results_2026_03 results_default", await PartitionsAsync(app));
        clock.SetUtcNow(Start.AddDays(60));
        await RetentionOf(app).RunAsync(TestContext.Current.CancellationToken);
        await app.Host.Services.GetRequiredService<ResultPartitions>().EnsureAsync(TestContext.Current.CancellationToken);
        Assert.Equal("results_2025_12 results_2026_01 results_2026_02 results_2026_03 results_2026_04 results_2026_05 results_default", await PartitionsAsync(app));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("3651")]
    [InlineData("1.5")]
    [InlineData("\"90\"")]
    [InlineData("[]")]
    public async Task A_retention_that_is_not_a_number_of_days_is_rejected(string days)
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        var (tag, _) = await app.MonitorAsync();
        var answer = await app.PatchAsync("/" + tag, $$$"""{"monitor_settings_json":{"retention_days":{{{days}}}}}""");
        Assert.Equal((HttpStatusCode.BadRequest, "retention_days must be a whole number of days from 1 to 3650"), (answer.Status, answer.Message));
        Assert.Equal(HttpStatusCode.OK, (await app.PatchAsync("/" + tag, """{"monitor_settings_json":{"retention_days":30}}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.PatchAsync("/" + tag, """{"monitor_settings_json":{"retention_days":null}}""")).Status);
    }

    private static long At(int days) => Start.AddDays(days).ToUnixTimeSeconds();

    private static async Task<string> PartitionsAsync(MonitorsApp app) => string.Join(' ', (await app.WithDbAsync(db => db.Database.SqlQuery<string>(
        $"SELECT inhrelid::regclass::text AS \"Value\" FROM pg_inherits WHERE inhparent = 'results'::regclass").ToListAsync())).Order(StringComparer.Ordinal));

    private static Retention RetentionOf(MonitorsApp app) => app.Host.Services.GetServices<IHostedService>().OfType<Retention>().Single();
}
