using System.Net;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Results;
using Kener.Monitors.Transitions;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using static Kener.Monitors.Tests.MonitorsApp;

namespace Kener.Monitors.Tests;

/// <summary>Tests that every change of an observed status is recorded, whatever stored the results (Behavior: TRN-1 to TRN-3, TRN-5).</summary>
public sealed class TransitionTests(MonitorsApps apps)
{
    private readonly long Now = Minutes.Floor(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    private static readonly string[] Statuses = ["UP", "DOWN", "DEGRADED"];

    internal static Task<List<StatusTransition>> OfAsync(MonitorsApp app, long monitor) =>
        app.WithDbAsync(db => db.Transitions.AsNoTracking().Where(row => row.MonitorId == monitor).OrderBy(row => row.Id).ToListAsync());

    private static async Task<string> WordsAsync(MonitorsApp app, long monitor) =>
        string.Join(' ', (await OfAsync(app, monitor)).Select(row => $"{row.From.ToWord()}>{row.To.ToWord()}"));

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_result_causes_a_transition_only_if_it_changes_the_status(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (_, id) = await app.CheckedAsync();
        string[] seen = ["UP", "UP", "DOWN", "DOWN", "DEGRADED", "UP"];
        for (var i = 0; i < seen.Length; i++)
        {
            var result = Result(id, Now - ((seen.Length - i) * 60), seen[i], message: "seen");
            await app.ReportAsync(result);
            await app.ReportAsync(result);
        }
        var transitions = await OfAsync(app, id);
        Assert.Equal("NO_DATA>UP UP>DOWN DOWN>DEGRADED DEGRADED>UP", await WordsAsync(app, id));
        Assert.Equal([Now - 360, Now - 240, Now - 120, Now - 60], transitions.Select(row => row.Minute));
        Assert.All(transitions, row => Assert.True(row.RecordedMs >= Now * 1000 && row.ClaimedMs is null));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_large_report_causes_one_transition_of_each_monitor_that_it_changes(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var ids = new List<long>();
        for (var i = 0; i < 60; i++) ids.Add((await app.CheckedAsync()).Id);
        await app.ReportAsync([.. ids.Select(id => Result(id, Now - 180))]);
        await app.ReportAsync([.. ids.Select((id, i) => Result(id, Now - 120, i % 3 == 0 ? "DOWN" : "UP"))]);
        // Of results that are stored together, only the newest minute counts.
        await app.ReportAsync([.. ids.Select(id => Result(id, Now - 60, "DEGRADED")), .. ids.Select(id => Result(id, Now))]);
        for (var i = 0; i < ids.Count; i++)
            Assert.Equal(i % 3 == 0 ? "NO_DATA>UP UP>DOWN DOWN>UP" : "NO_DATA>UP", await WordsAsync(app, ids[i]));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_late_result_and_a_correction_of_the_past_cause_no_transition(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.CheckedAsync();
        await app.ReportAsync(Result(id, Now - 60));
        await app.ReportAsync(Result(id, Now - 300, "DOWN"), Result(id, Now - 120, "DOWN"));
        await app.PatchAsync($"/{tag}/data/{Now - 180}", """{"status":"DOWN"}""");
        await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{Now - 3_600}},"end_ts":{{Now - 120}},"status":"DEGRADED","latency":1}""");
        Assert.Equal("NO_DATA>UP", await WordsAsync(app, id));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_correction_of_the_newest_minute_causes_a_transition_and_one_of_a_future_minute_does_not(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.CheckedAsync();
        await app.ReportAsync(Result(id, Now - 60, "DOWN"));
        await app.PatchAsync($"/{tag}/data/{Now - 60}", """{"status":"UP"}""");
        Assert.Equal("NO_DATA>DOWN DOWN>UP", await WordsAsync(app, id));

        await app.PatchAsync($"/{tag}/data/{Now + 7_200}", """{"status":"DOWN"}""");
        await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{Now - 3_600}},"end_ts":{{Now - 60}},"status":"DEGRADED","latency":1}""");
        // A check does not overwrite a correction, and later results count although a future minute has a result.
        await app.ReportAsync(Result(id, Now - 60, "DOWN"));
        await app.ReportAsync(Result(id, Now, "DOWN"));
        var transitions = await OfAsync(app, id);
        Assert.Equal("NO_DATA>DOWN DOWN>UP UP>DEGRADED DEGRADED>DOWN", await WordsAsync(app, id));
        Assert.Equal([Now - 60, Now - 60, Now - 60, Now], transitions.Select(row => row.Minute));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_confirmed_change_causes_a_transition_at_the_check_that_confirms_it(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (_, id) = await app.CheckedAsync(""","confirmation_threshold":3""");
        string[] seen = ["UP", "DOWN", "DOWN", "DOWN", "UP", "DOWN", "UP", "UP", "UP"];
        for (var i = 0; i < seen.Length; i++) await app.ReportAsync(Result(id, Now - 600 + (i * 60), seen[i]));
        Assert.Equal("NO_DATA>UP UP>DOWN DOWN>UP", await WordsAsync(app, id));
        Assert.Equal([Now - 600, Now - 420, Now - 120], (await OfAsync(app, id)).Select(row => row.Minute));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_ping_missing_pings_and_their_group_cause_transitions(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        await using var app = await MonitorsApp.StartAsync(database, clock);
        const string Rule = ""","type_data":{"secretString":"s","degradedRemainingMinutes":2,"downRemainingMinutes":4}""";
        var (tag, id) = await app.MonitorAsync(""","monitor_type":"HEARTBEAT","cron":"* * * * *" """ + Rule);
        var (_, group) = await app.MonitorAsync(
            $$$""","monitor_type":"GROUP","cron":"* * * * *","type_data":{"executionDelay":1000,"monitors":[{"tag":"{{{tag}}}","weight":1}]}""");
        using var ping = await app.Host.Anonymous.GetAsync($"/ext/heartbeat/{tag}/s", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, ping.StatusCode);
        await clock.TurnUntilAsync(async () => (await WordsAsync(app, group)).EndsWith(">DOWN", StringComparison.Ordinal));
        Assert.Equal("NO_DATA>UP UP>DEGRADED DEGRADED>DOWN", await WordsAsync(app, id));
        Assert.Equal(1_800_000_300, (await OfAsync(app, id))[^1].Minute);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_failed_change_stores_neither_results_nor_a_transition(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var cancel = TestContext.Current.CancellationToken;
        var (_, id) = await app.CheckedAsync();
        await using var scope = app.Host.Services.CreateAsyncScope();
        var (changes, recording) = (scope.ServiceProvider.GetRequiredService<Changes<MonitorsDb>>(), scope.ServiceProvider.GetRequiredService<Recording>());
        await Assert.ThrowsAsync<InvalidOperationException>(() => changes.ProjectAsync(async change =>
        {
            await recording.CorrectAsync(change, id, [new Correction(MonitorStatus.Down, [Now - 60], [1])], cancel);
            await change.FlushAsync(cancel);
            throw new InvalidOperationException("The change fails after everything was written");
        }, cancel));
        Assert.Empty(await OfAsync(app, id));
        await app.ReportAsync(Result(id, Now - 60, "DEGRADED"));
        Assert.Equal("NO_DATA>DEGRADED", await WordsAsync(app, id));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task After_concurrent_writes_every_chain_ends_at_the_newest_minute(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var monitors = new List<(string Tag, long Id)>();
        for (var i = 0; i < 3; i++) monitors.Add(await app.CheckedAsync(i == 0 ? ""","confirmation_threshold":2""" : ""));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async worker =>
        {
            var random = new Random(worker);
            for (var i = 0; i < Scale.Of(25); i++)
            {
                var minute = Now - 1_800 + (60 * ((i % 25) + random.Next(-2, 3)));
                var (tag, _) = monitors[random.Next(monitors.Count)];
                if (random.Next(4) == 0) await app.PatchAsync($"/{tag}/data/{minute}", $$"""{"status":"{{Word(random)}}"}""");
                else await app.ReportAsync([.. monitors.Select(own => Result(own.Id, minute, Word(random), random.Next(5)))]);
            }
        }));
        foreach (var (_, id) in monitors) await ChainsAsync(app, id);
    }

    [Fact]
    public async Task Replicas_continue_each_others_chains()
    {
        await using var first = await MonitorsApp.StartAsync(DatabaseKind.PostgreSQL);
        var connection = first.Host.Services.GetRequiredService<IConfiguration>().GetConnectionString("monitordb");
        await using var second = await MonitorsApp.StartAsync(DatabaseKind.PostgreSQL, settings: new Dictionary<string, string?> { ["ConnectionStrings:monitordb"] = connection });
        var (_, id) = await first.CheckedAsync();
        var (_, other) = await first.CheckedAsync();
        await first.ReportAsync(Result(id, Now - 240));
        await second.ReportAsync(Result(id, Now - 180, "DOWN"));
        await first.ReportAsync(Result(id, Now - 120, "DOWN"));
        await first.ReportAsync(Result(id, Now - 60));
        Assert.Equal("NO_DATA>UP UP>DOWN DOWN>UP", await WordsAsync(second, id));

        await Task.WhenAll(new[] { first, second }.SelectMany(app => Enumerable.Range(0, 3), (app, worker) => (app, worker)).Select(async one =>
        {
            var random = new Random(one.worker);
            for (var i = 0; i < Scale.Of(25); i++)
            {
                var minute = Now + 60 - (60 * random.Next(4));
                await one.app.ReportAsync(Result(id, minute, Word(random), random.Next(5)), Result(other, minute, Word(random), random.Next(5)));
            }
        }));
        await ChainsAsync(first, id);
        await ChainsAsync(second, other);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Transitions_are_deleted_with_their_monitor_and_old_ones_with_its_results_except_the_newest(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero));
        await using var app = await MonitorsApp.StartAsync(database, clock);
        var now = Minutes.Floor(clock.GetUtcNow().ToUnixTimeSeconds());
        var (_, quiet) = await app.CheckedAsync(""","monitor_settings_json":{"retention_days":2}""");
        var (_, lively) = await app.CheckedAsync(""","monitor_settings_json":{"retention_days":2}""");
        var (gone, goneId) = await app.CheckedAsync();
        foreach (var id in new[] { quiet, lively, goneId })
            await app.ReportAsync(Result(id, now - (4 * Minutes.Day)), Result(quiet, now - (5 * Minutes.Day), "DOWN"));
        await app.ReportAsync(Result(lively, now - (3 * Minutes.Day), "DOWN"));
        await app.ReportAsync(Result(lively, now, "UP"));
        await app.DeleteAsync("/" + gone);
        Assert.Empty(await OfAsync(app, goneId));

        await app.Host.Services.GetServices<IHostedService>().OfType<Retention>().Single().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("NO_DATA>UP", "DOWN>UP"), (await WordsAsync(app, quiet), await WordsAsync(app, lively)));
        await app.ReportAsync(Result(quiet, now, "DOWN"));
        Assert.Equal("NO_DATA>UP UP>DOWN", await WordsAsync(app, quiet));
    }

    private static string Word(Random random) => Statuses[random.Next(Statuses.Length)];

    private static async Task ChainsAsync(MonitorsApp app, long monitor)
    {
        var transitions = await OfAsync(app, monitor);
        Assert.Equal(transitions.Select(row => row.To).Prepend(MonitorStatus.NoData).SkipLast(1), transitions.Select(row => row.From));
        Assert.All(transitions, row => Assert.NotEqual(row.From, row.To));
        Assert.Equal(transitions.Select(row => row.Minute).Order(), transitions.Select(row => row.Minute));
        var newest = await app.WithDbAsync(db => db.Results.AsNoTracking().Where(row => row.MonitorId == monitor).OrderByDescending(row => row.Minute).FirstAsync());
        Assert.Equal(newest.Status, transitions[^1].To);
    }
}
