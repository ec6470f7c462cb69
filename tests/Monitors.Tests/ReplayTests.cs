using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;

namespace Kener.Monitors.Tests;

public sealed class ReplayTests
{
    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_replay_publishes_all_results_and_monitors_again(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        var monitors = new List<(string Tag, long Id)>();
        for (var i = 0; i < 3; i++) monitors.Add(await app.MonitorAsync());
        var (busy, id) = monitors[0];
        await app.PatchAsync($"/{busy}/data", """{"start_ts":1700000000,"end_ts":1702592000,"status":"UP","latency":10,"deviation":3}""");
        await app.PatchAsync($"/{busy}/data", """{"start_ts":1700600000,"end_ts":1700700000,"status":"DOWN","latency":0}""");
        await app.PatchAsync($"/{busy}/data/0", """{"status":"DEGRADED"}""");
        await app.PatchAsync("/" + monitors[1].Tag, """{"name":"Changed"}""");
        await app.DeleteAsync("/" + monitors[2].Tag);
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Of(monitors[2].Tag).Any(changed => changed.Deleted) && app.Heard.Known(id).ContainsKey(0)));
        var (known, changed, deleted) = (app.Heard.Known(id), app.Heard.Of(monitors[1].Tag)[^1].Version, app.Heard.Of(monitors[2].Tag)[^1].Version);
        Assert.Equal(43_202, known.Count);

        app.Heard.Clear();
        await app.Host.PublishAsync(new ReplayRequested { By = "test" });
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Known(id).Count == known.Count));
        Assert.Equal(known, app.Heard.Known(id));
        Assert.Equal(31 + 1, app.Heard.Of(id).Select(message => Minutes.DayOf(message.Runs[0].Minute)).Distinct().Count());
        Assert.Equal((changed, "Changed"), (app.Heard.Of(monitors[1].Tag).Single().Version, app.Heard.Of(monitors[1].Tag).Single().Name));
        Assert.Equal((deleted, true), (app.Heard.Of(monitors[2].Tag).Single().Version, app.Heard.Of(monitors[2].Tag).Single().Deleted));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_replay_publishes_only_the_requested_event_types(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        var (tag, id) = await app.MonitorAsync();
        await app.PatchAsync($"/{tag}/data/0", """{"status":"DEGRADED"}""");
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Known(id).ContainsKey(0)));
        app.Heard.Clear();
        // Requests are handled in order: when the answer to the second one has arrived, the first one has been handled.
        await app.Host.PublishAsync(new ReplayRequested { By = "test", Needs = ["SiteChanged"] });
        await app.Host.PublishAsync(new ReplayRequested { By = "test", Needs = ["MonitorChanged"] });
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Of(tag).Any()));
        Assert.Single(app.Heard.Of(tag));
        Assert.Empty(app.Heard.Known(id));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_replay_of_more_days_than_are_sent_at_once_sends_each_once(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        var ids = new List<long>();
        foreach (var days in new[] { 130, 0, 1 })
        {
            var (tag, id) = await app.MonitorAsync();
            ids.Add(id);
            for (var day = 0; day < days; day++) await app.PatchAsync($"/{tag}/data/{day * Minutes.Day}", """{"status":"UP","latency":7}""");
        }
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Known(ids[0]).Count == 130 && app.Heard.Known(ids[2]).Count == 1));
        app.Heard.Clear();
        await app.Host.PublishAsync(new ReplayRequested { By = "test" });
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Known(ids[0]).Count == 130 && app.Heard.Known(ids[2]).Count == 1));
        Assert.Equal(130, app.Heard.Of(ids[0]).Count);
    }

    [Fact]
    public async Task A_service_requests_a_replay_at_its_first_start_only()
    {
        var folder = Path.Combine(Path.GetTempPath(), "kener-test-" + Guid.NewGuid().ToString("N"));
        Assert.True(await RequestsAsync(isExpected: true));
        Assert.False(await RequestsAsync(isExpected: false));
        Directory.Delete(folder, recursive: true);

        async Task<bool> RequestsAsync(bool isExpected)
        {
            await using var app = await MonitorsApp.StartAsync(DatabaseKind.Sqlite, dataPath: folder);
            if (isExpected) await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Asked));
            // Events are delivered in order: a request at the start would arrive before the monitor.
            var (tag, _) = await app.MonitorAsync();
            await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Of(tag).Count > 0));
            return app.Heard.Asked;
        }
    }
}
