using System.Net;
using Kener.Contracts;
using Kener.Monitors.Results;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using static Kener.Monitors.Tests.MonitorsApp;

namespace Kener.Monitors.Tests;

/// <summary>What agents report (Behavior: CHK-8, STA-5).</summary>
public sealed class ReportTests(MonitorsApps apps)
{
    private readonly long Now = Minutes.Floor(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Reported_results_are_stored_and_published_and_can_be_read(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var ((tag, a), (_, b)) = (await app.CheckedAsync(), await app.CheckedAsync());
        var receipt = await app.ReportAsync(
            Result(b, Now, "DOWN", 0, "TIMEOUT", "Request timed out"), Result(a, Now, latency: 12.5), Result(a, Now - 60, "DEGRADED", 900), Result(b, Now - 60, "NO_DATA", 0, "ERROR"));
        Assert.Equal((4, 0), receipt);

        var read = await app.GetAsync($"/{tag}/data?start_ts={Now - 600}&end_ts={Now + 60}");
        Assert.Equal(["DEGRADED 900 REALTIME", "UP 12.5 REALTIME"], read.Data.EnumerateArray().Select(sample =>
            $"{sample.GetProperty("status").GetString()} {sample.GetProperty("latency").GetDouble()} {sample.GetProperty("type").GetString()}"));
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Of(a).Count == 1 && app.Heard.Of(b).Count == 1));
        Assert.Equal(new ResultRun(b, Now, 1, MonitorStatus.Down, 0, 1), app.Heard.Of(b)[0].Runs.Single(reading => reading.MonitorId == b && reading.Minute == Now));
        Assert.Same(app.Heard.Of(a)[0], app.Heard.Of(b)[0]);
        Assert.Equal("Request timed out", await app.WithDbAsync(db => db.Results.Where(row => row.MonitorId == b && row.Minute == Now).Select(row => row.Message).SingleAsync()));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_repeated_report_changes_nothing_and_a_different_one_for_the_same_minute_overwrites_it(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (_, id) = await app.CheckedAsync();
        CheckResult[] report = [Result(id, Now, "DOWN", 5, "ERROR", "refused"), Result(id, Now - 60)];
        Assert.Equal((2, 0), await app.ReportAsync(report));
        Assert.Equal((0, 2), await app.ReportAsync(report));
        Assert.Equal((0, 2), await app.ReportAsync([report[1], report[0]]));
        Assert.Equal((1, 1), await app.ReportAsync(report[1], Result(id, Now, "DOWN", 5, "ERROR", "reset")));
        Assert.Equal((1, 2), await app.ReportAsync(Result(id, Now, latency: 7), report[1], Result(id, Now, latency: 8)));

        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Of(id).Count == 3));
        Assert.Equal((MonitorStatus.Up, 8d, 3), app.Heard.Known(id)[Now]);
        Assert.Equal((MonitorStatus.Up, 1d, 1), app.Heard.Known(id)[Now - 60]);
    }

    /// <summary>PostgreSQL copies reports whose minutes are all new, and merges the others.</summary>
    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_long_report_is_stored_in_the_same_way_whether_none_some_or_all_of_it_is_known(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var ((tag, id), (_, other)) = (await app.CheckedAsync(), await app.CheckedAsync());
        CheckResult[] Minutes(int from, int count, double latency) =>
            [.. Enumerable.Range(from, count).Select(i => Result(id, Now - (60 * i), i % 7 == 0 ? "DOWN" : "UP", latency, message: i % 2 == 0 ? "it says" : null))];
        Assert.Equal((200, 0), await app.ReportAsync(Minutes(0, 200, 1)));
        Assert.Equal((0, 200), await app.ReportAsync(Minutes(0, 200, 1)));
        await app.PatchAsync($"/{tag}/data/{Now}", """{"status":"DEGRADED"}""");
        var corrected = await app.WithDbAsync(db => db.Results.Where(row => row.MonitorId == id && row.Minute == Now).Select(row => row.Version).SingleAsync());
        Assert.Equal((99, 1), await app.ReportAsync(Minutes(0, 100, 2)));
        // A report in which only the last result, of another monitor, is known; then one across the end of a month.
        await app.ReportAsync(Result(other, Now));
        Assert.Equal((100, 1), await app.ReportAsync([.. Minutes(200, 100, 3), Result(other, Now)]));
        Assert.Equal((80, 0), await app.ReportAsync([.. Enumerable.Range(0, 80).Select(day => Result(other, Now - 86_400L - (day * 86_400L / 2)))]));

        var expected = Enumerable.Range(0, 300).Select(i => (
            Minute: Now - (60 * i), Status: i == 0 ? MonitorStatus.Degraded : i % 7 == 0 ? MonitorStatus.Down : MonitorStatus.Up,
            Latency: i == 0 ? 1d : i < 100 ? 2 : i < 200 ? 1 : 3, Message: i > 0 && i % 2 == 0 ? "it says" : null, Version: i == 0 ? corrected : i < 100 ? 2 : 1)).OrderBy(row => row.Minute).ToList();
        var rows = await app.WithDbAsync(db => db.Results.Where(row => row.MonitorId == id).OrderBy(row => row.Minute).ToListAsync());
        Assert.Equal(expected, rows.Select(row => (row.Minute, row.Status, row.Latency, row.Message, row.Version)));
        Assert.Equal(81, await app.WithDbAsync(db => db.Results.CountAsync(row => row.MonitorId == other)));
        await Eventually.TrueAsync(() => Task.FromResult(
            app.Heard.Known(id).Select(known => (known.Key, known.Value)).SequenceEqual(expected.Select(row => (row.Minute, (row.Status, row.Latency, row.Version))))));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Results_of_a_changed_monitor_are_judged_by_its_new_settings(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.CheckedAsync();
        Assert.Equal((1, 0), await app.ReportAsync(Result(id, Now - 120, "NO_DATA")));
        await app.PatchAsync($"/{tag}", """{"default_status":"DEGRADED"}""");
        Assert.Equal((1, 0), await app.ReportAsync(Result(id, Now - 60, "NO_DATA")));
        await app.PatchAsync($"/{tag}", """{"monitor_type":"NONE"}""");
        Assert.Equal((0, 1), await app.ReportAsync(Result(id, Now)));
        var rows = await app.WithDbAsync(db => db.Results.Where(row => row.MonitorId == id).OrderBy(row => row.Minute).Select(row => row.Status).ToListAsync());
        Assert.Equal([MonitorStatus.Up, MonitorStatus.Degraded], rows);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_late_report_does_not_undo_a_correction(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.CheckedAsync();
        await app.ReportAsync(Result(id, Now, "DOWN", 3));
        await app.PatchAsync($"/{tag}/data/{Now}", """{"status":"UP"}""");
        Assert.Equal((0, 2), await app.ReportAsync(Result(id, Now, "DOWN", 4), Result(id, Now, "DEGRADED", 5)));
        var data = (await app.GetAsync($"/{tag}/data/{Now}")).Data;
        Assert.Equal(("UP", "MANUAL", 3d), (data.GetProperty("status").GetString(), data.GetProperty("type").GetString(), data.GetProperty("latency").GetDouble()));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_default_status_applies_to_a_check_without_a_verdict(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        foreach (var (settings, expected) in new[]
        {
            (""","default_status":"DEGRADED" """, "Degraded NoData Default"), (""","default_status":"UP" """, "Up NoData Default"),
            (""","default_status":"NONE" """, "NoData NoData Realtime"), (""","default_status":"UP","cron":null""", "NoData NoData Realtime"),
            (""","default_status":"UP","status":"INACTIVE" """, "NoData NoData Realtime"),
        })
        {
            var (_, id) = await app.CheckedAsync(settings);
            await app.ReportAsync(Result(id, Now, "NO_DATA", 0), Result(id, Now - 60, "DOWN", 0));
            var rows = await app.WithDbAsync(db => db.Results.Where(row => row.MonitorId == id).OrderBy(row => row.Minute).ToListAsync());
            Assert.Equal(["Down Down Realtime", expected], rows.Select(row => $"{row.Status} {row.RawStatus} {row.Type}"));
        }
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task An_invalid_report_is_rejected_with_the_reason_and_nothing_is_stored(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (_, id) = await app.CheckedAsync();
        var good = $$"""{"monitor_id":{{id}},"minute":{{Now}},"status":"UP","latency":1,"type":"REALTIME"}""";
        foreach (var (bad, message) in new[]
        {
            ("null", "results[1]: must be an object"), ("{}", "Invalid JSON body at $.results[1]"), ("5", "Invalid JSON body at $.results[1]"),
            (good.Replace("\"UP\"", "\"up\""), "results[1]: status must be"), (good.Replace("\"UP\"", "null"), "Invalid JSON body at $.results[1]"),
            (good.Replace("REALTIME", "MANUAL"), "results[1]: type must be"), (good.Replace($"{Now}", $"{Now + 1}"), "results[1]: minute must be a whole minute"),
            (good.Replace($"{Now}", $"{Now + 3_600}"), "results[1]: minute lies in the future"), (good.Replace($"{Now}", "-9223372036854775800"), "results[1]: minute"),
            (good.Replace($"{Now}", $"{Now - (4_000 * Minutes.Day)}"), "results[1]: minute is older"), (good.Replace($"{Now}", "1e3"), "Invalid JSON body at $.results[1].minute"),
            (good.Replace(":1,", ":-1,"), "results[1]: latency"), (good.Replace(":1,", ":1e999,"), "results[1]: latency"), (good.Replace(":1,", ":\"1\","), "Invalid JSON body at $.results[1].latency"),
            (good.Replace("}", ",\"message\":\"\\u0000\"}"), "results[1]: message"), (good.Replace("}", ",\"message\":\"\\ud800\"}"), "Invalid JSON body"),
            (good.Replace("}", $",\"message\":\"{new string('x', 501)}\"}}"), "results[1]: message must not be longer"),
            (good.Replace($"{id}", "99999999999999999999"), "Invalid JSON body at $.results[1].monitor_id"),
        })
        {
            var answer = await app.ReportAsync($$"""{"agent":"tester","results":[{{good}},{{bad}}]}""");
            Assert.True(answer.Status == HttpStatusCode.BadRequest && answer.Message!.StartsWith(message, StringComparison.Ordinal), $"{bad}: {answer.Body.GetRawText()}");
        }
        foreach (var body in new[]
        {
            "", "null", "[]", "5", "{", "{}", """{"agent":"a","results":null}""", """{"agent":"a","results":[]}""", $$"""{"agent":"","results":[{{good}}]}""",
            $$"""{"agent":"a b","results":[{{good}}]}""", $$"""{"agent":null,"results":[{{good}}]}""", $$"""{"agent":"{{new string('a', 101)}}","results":[{{good}}]}""",
            $$"""{"agent":"a","results":[{{string.Join(',', Enumerable.Repeat(good, 1_001))}}]}""",
        })
        {
            var answer = await app.ReportAsync(body);
            Assert.True(answer.Status == HttpStatusCode.BadRequest && answer.Message is not null, $"{body[..Math.Min(80, body.Length)]}: {answer.Status}");
        }
        Assert.Equal(0, await app.WithDbAsync(db => db.Results.CountAsync(row => row.MonitorId == id)));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Results_of_a_deleted_monitor_are_not_stored_again(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (_, other) = await app.CheckedAsync();
        for (var round = 0; round < 5; round++)
        {
            var (tag, id) = await app.CheckedAsync();
            var reports = Enumerable.Range(0, 20).Select(i => app.ReportAsync(Result(id, Now - (i * 60)), Result(other, Now - (i * 60), latency: round))).ToList();
            var deleted = app.DeleteAsync("/" + tag);
            Assert.All(await Task.WhenAll(reports), receipt => Assert.Equal(2, receipt.Stored + receipt.Passed));
            Assert.Equal(HttpStatusCode.OK, (await deleted).Status);
            Assert.Equal((0, 1), await app.ReportAsync(Result(id, Now)));
            Assert.Equal(0, await app.WithDbAsync(db => db.Results.CountAsync(row => row.MonitorId == id)));
        }
        Assert.Equal(20, await app.WithDbAsync(db => db.Results.CountAsync(row => row.MonitorId == other)));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Concurrent_reports_and_corrections_of_the_same_minutes_all_succeed(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var monitors = new List<(string Tag, long Id)>();
        for (var i = 0; i < 6; i++) monitors.Add(await app.CheckedAsync());
        var work = Enumerable.Range(0, 16).Select(async i =>
        {
            var minutes = Enumerable.Range(0, 30).SelectMany(minute => monitors.Select(monitor => Result(monitor.Id, Now - (minute * 60), latency: i))).ToArray();
            Random.Shared.Shuffle(minutes);
            await app.ReportAsync(minutes);
            var range = $$"""{"start_ts":{{Now - 300}},"end_ts":{{Now - 240}},"status":"DOWN","latency":{{i}}}""";
            Assert.Equal(HttpStatusCode.OK, (await app.PatchAsync($"/{monitors[i % 6].Tag}/data", range)).Status);
        });
        await Task.WhenAll(work);
        foreach (var (_, id) in monitors)
        {
            var rows = await app.WithDbAsync(db => db.Results.Where(row => row.MonitorId == id).ToListAsync());
            Assert.Equal(30, rows.Count);
            Assert.Equal(2, rows.Count(row => row.Type == ResultType.Manual && row.Status == MonitorStatus.Down));
            var expected = rows.OrderBy(row => row.Minute).Select(row => (row.Minute, (row.Status, row.Latency, row.Version)));
            await Eventually.TrueAsync(() => Task.FromResult(expected.SequenceEqual(app.Heard.Known(id).Select(known => (known.Key, known.Value)))));
        }
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Only_agents_may_report_and_only_for_monitors_that_agents_check(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (_, manual) = await app.MonitorAsync();
        Assert.Equal((0, 1), await app.ReportAsync(Result(manual, Now)));
        using var others = app.Host.Client([.. Permissions.All]);
        using var answer = await others.PostAsync("/api/agent/v1/results", new StringContent("{}"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }
}
