using System.Net;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using static Kener.Monitors.Tests.MonitorsApp;

namespace Kener.Monitors.Tests;

/// <summary>Validation of type_data, masking of its secrets, and the reasons why a monitor is not checked.</summary>
public sealed class TypeDataTests(MonitorsApps apps)
{
    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_field_with_a_wrong_value_is_rejected_by_its_name(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.CheckedAsync();
        foreach (var (body, message) in new[]
        {
            ("""{"type_data":{"timeout":"soon"}}""", "type_data.timeout: give a whole number from 1 to 55000"),
            ("""{"type_data":{"url":"example.com"}}""", "type_data.url: give an absolute http or https address"),
            ("""{"monitor_type":"TCP","type_data":{"hosts":[{"host":"h","port":0}]}}""", "type_data.hosts[0].port: give a whole number from 1 to 65535"),
            ("""{"monitor_type":"HEARTBEAT","type_data":{"downRemainingMinutes":-1}}""", "type_data.downRemainingMinutes: give a number from 0 to 525600"),
            ("""{"monitor_type":"HEARTBEAT","type_data":{"degradedRemainingMinutes":1e999}}""", "type_data.degradedRemainingMinutes: give a number from 0 to 525600"),
            ("""{"monitor_type":"GROUP","type_data":{"monitors":[{"tag":"a","weight":1e308},{"tag":"b","weight":1e308}]}}""", "type_data.monitors[0].weight: give a number from 0 to 1000000000"),
        })
        {
            var edited = await app.PatchAsync("/" + tag, body);
            Assert.Equal((HttpStatusCode.BadRequest, message), (edited.Status, edited.Message));
            var made = await app.PostAsync("", $$"""{"tag":"{{NewTag()}}","name":"n",{{body[1..]}}""");
            Assert.Equal((HttpStatusCode.BadRequest, message), (made.Status, made.Message));
        }
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_new_type_validates_the_fields_that_the_monitor_already_has(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync(""","type_data":{"timeout":90000,"url":"x"}""");
        Assert.Equal("type_data.url: give an absolute http or https address", (await app.PatchAsync("/" + tag, """{"monitor_type":"API"}""")).Message);
        Assert.Equal(HttpStatusCode.OK, (await app.PatchAsync("/" + tag, """{"monitor_type":"API","type_data":{"timeout":null,"url":"http://192.0.2.1/"}}""")).Status);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_monitor_without_a_required_field_is_created_but_not_checked_and_returns_the_reason(DatabaseKind database)
    {
        await using var app = await StartAsync(database);
        var (tag, id) = await app.MonitorAsync(""","monitor_type":"API","cron":"* * * * *","type_data":{"unknown":[1]}""");
        var (other, otherId) = await app.CheckedAsync();
        var assigned = await Eventually.GetAsync(() => app.AssignmentAsync("one"), assignment => assignment!.Monitors.Count > 0);
        Assert.Equal(otherId, assigned!.Monitors.Single().Id);
        Assert.Equal("The monitor is not checked: type_data.url is missing", (await app.GetAsync("/" + tag)).Monitor.GetProperty("no_data_reason").GetString());
        Assert.False((await app.GetAsync("/" + other)).Monitor.TryGetProperty("no_data_reason", out _));
        Assert.Equal(CheckObstacle.FieldMissing, (await HeardAsync(app, tag, 1)).Obstacle);

        await app.PatchAsync("/" + tag, """{"type_data":{"url":"http://192.0.2.1/"}}""");
        Assert.False((await app.GetAsync("/" + tag)).Monitor.TryGetProperty("no_data_reason", out _));
        Assert.Null((await HeardAsync(app, tag, 2)).Obstacle);
        await Eventually.GetAsync(() => app.AssignmentAsync("one"), assignment => assignment!.Monitors.Any(monitor => monitor.Id == id));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_group_leaves_out_a_member_that_cannot_be_checked(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var minute = Minutes.Floor(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var ((a, idA), (b, idB)) = (await app.CheckedAsync(), await app.CheckedAsync());
        await app.ReportAsync(Result(idA, minute), Result(idB, minute, "DOWN"));
        var (_, group) = await app.MonitorAsync(
            $$""","monitor_type":"GROUP","cron":"* * * * *","type_data":{"monitors":[{"tag":"{{a}}","weight":0.5},{"tag":"{{b}}","weight":0.5}]}""");
        await IsAsync(MonitorStatus.Degraded);
        await app.PatchAsync("/" + b, """{"type_data":{"url":""}}""");
        await IsAsync(MonitorStatus.Up);

        Task IsAsync(MonitorStatus status) => Eventually.GetAsync(() => app.WithDbAsync(db => db.Results.AsNoTracking().Where(row => row.MonitorId == group)
            .OrderByDescending(row => row.Minute).Select(row => (MonitorStatus?)row.Status).FirstOrDefaultAsync()), last => last == status);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Secrets_are_masked_for_callers_that_may_not_change_the_monitor(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        const string Data = """{"url":"http://192.0.2.1/","headers":[{"key":"Authorization","value":"Bearer hunter2"}],"connectionString":"hunter2"}""";
        const string Masked = """{"url":"http://192.0.2.1/","headers":[{"key":"Authorization","value":"********"}],"connectionString":"********"}""";
        var (tag, _) = await app.CheckedAsync($""","type_data":{Data}""");
        using var reader = app.Host.Client(Permissions.MonitorsRead);
        foreach (var path in new[] { "/" + tag, "" })
        {
            var seen = await reader.GetStringAsync("/api/v4/monitors" + path, TestContext.Current.CancellationToken);
            Assert.DoesNotContain("hunter2", seen, StringComparison.Ordinal);
            Assert.Contains(Masked, seen, StringComparison.Ordinal);
            Assert.Contains(Data, (await app.GetAsync(path)).Body.GetRawText(), StringComparison.Ordinal);
        }
        // The masked data, sent back by a client that may change the monitor.
        var edited = await app.PatchAsync("/" + tag, $$"""{"type_data":{{Masked}}}""");
        Assert.Equal((HttpStatusCode.OK, Data), (edited.Status, edited.Monitor.GetProperty("type_data").GetRawText()));
        Assert.Equal("type_data.secretString: give the value itself, not its mask", (await app.PatchAsync("/" + tag, """{"type_data":{"secretString":"********"}}""")).Message);
    }

    private static Task<MonitorChanged> HeardAsync(MonitorsApp app, string tag, int nth) => Eventually.GetAsync(
        () => Task.FromResult(app.Heard.Of(tag).OrderBy(heard => heard.Version).ElementAtOrDefault(nth - 1)!), heard => heard is not null);
}
