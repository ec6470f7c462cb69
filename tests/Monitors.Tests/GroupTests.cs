using System.Net;
using System.Text.Json;
using Kener.Contracts;
using Kener.Monitors.Groups;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using static Kener.Monitors.Tests.MonitorsApp;

namespace Kener.Monitors.Tests;

/// <summary>GROUP monitors (Behavior: GRP-1 to GRP-6).</summary>
public sealed class GroupTests(MonitorsApps apps)
{
    private static long Now => Minutes.Floor(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    [Theory]
    [InlineData("Up Up", "Up")]
    [InlineData("Up Down", "Degraded")]
    [InlineData("Up Degraded", "Degraded")]
    [InlineData("Down Down", "Down")]
    [InlineData("Down Degraded", "Degraded")]
    [InlineData("Up Maintenance", "Up")]
    [InlineData("Down NoData", "Down")]
    [InlineData("NoData NoData", "NoData")]
    [InlineData("", "NoData")]
    public void A_group_is_the_weighted_mean_of_its_members_with_data(string members, string expected)
    {
        var states = members.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => new MemberState(0.1, Enum.Parse<MonitorStatus>(word), 5));
        Assert.Equal(expected, GroupRule.Of("{}").Judge(1, 0, states).Raw.ToString());
    }

    [Theory]
    [InlineData("AVG", 20)]
    [InlineData("MAX", 30)]
    [InlineData("MIN", 10)]
    public void Latency_is_the_average_the_maximum_or_the_minimum(string word, double expected)
    {
        MemberState[] states = [new(0.5, MonitorStatus.Up, 10), new(0.5, MonitorStatus.Down, 30), new(0, MonitorStatus.NoData, 90)];
        Assert.Equal(expected, GroupRule.Of($$"""{"latencyCalculation":"{{word}}"}""").Judge(1, 0, states).Latency);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_group_follows_its_members_and_their_overlays(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var ((a, idA), (b, idB), (idle, _)) = (await app.CheckedAsync(), await app.CheckedAsync(), await app.CheckedAsync(""","status":"INACTIVE" """));
        var group = await GroupAsync(app, (a, 0.5), (b, 0.3), (idle, 0.2));
        await app.ReportAsync(Result(idA, Now, latency: 10), Result(idB, Now, latency: 20));
        await IsAsync(MonitorStatus.Up);
        await app.ReportAsync(Result(idB, Now, "DOWN", 40));
        await IsAsync(MonitorStatus.Degraded);
        await app.PatchAsync($"/{a}/data/{Now}", """{"status":"DOWN"}""");
        await IsAsync(MonitorStatus.Down);
        var incident = new IncidentChanged { Id = 4_000_000 + group.Id, Version = 1, Start = Now - 60, Monitors = [new IncidentLink(idA, MonitorStatus.Maintenance)] };
        await app.Host.PublishAsync(incident);
        await IsAsync(MonitorStatus.Degraded);
        await app.Host.PublishAsync(new IncidentChanged { Id = incident.Id, Version = 2, Deleted = true });
        await IsAsync(MonitorStatus.Down);
        await app.PatchAsync("/" + b, """{"status":"INACTIVE"}""");
        await app.PatchAsync($"/{a}/data/{Now}", """{"status":"UP"}""");
        await IsAsync(MonitorStatus.Up);

        Task IsAsync(MonitorStatus status) => Eventually.GetAsync(() => app.WithDbAsync(db => db.Results.AsNoTracking().Where(row => row.MonitorId == group.Id)
            .OrderByDescending(row => row.Minute).Select(row => (MonitorStatus?)row.Status).FirstOrDefaultAsync()), last => last == status);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Deleting_a_member_gives_the_others_equal_weights_and_a_group_of_one_becomes_inactive(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var tags = new List<string>();
        for (var i = 0; i < 4; i++) tags.Add((await app.MonitorAsync()).Tag);
        var group = await GroupAsync(app, (tags[0], 0.7), (tags[1], 0.1), (tags[2], 0.1), (tags[3], 0.1));
        Assert.Equal(tags.Zip([0.7, 0.1, 0.1, 0.1]), (await HeardAsync(1)).Members.Select(member => (member.Tag, member.Weight)));

        await app.DeleteAsync("/" + tags[0]);
        var shown = (await app.GetAsync("/" + group.Tag)).Monitor;
        Assert.Equal([0.333, 0.333, 0.334], shown.GetProperty("type_data").GetProperty("monitors").EnumerateArray().Select(member => member.GetProperty("weight").GetDouble()));
        Assert.Equal((true, 3), ((await HeardAsync(2)).Active, (await HeardAsync(2)).Members.Count));
        await app.DeleteAsync("/" + tags[1]);
        await app.DeleteAsync("/" + tags[2]);
        Assert.Equal("INACTIVE", (await app.GetAsync("/" + group.Tag)).Monitor.GetProperty("status").GetString());
        Assert.Equal((false, tags[3]), ((await HeardAsync(4)).Active, (await HeardAsync(4)).Members.Single().Tag));

        Task<MonitorChanged> HeardAsync(int nth) => Eventually.GetAsync(
            () => Task.FromResult(app.Heard.Of(group.Tag).OrderBy(heard => heard.Version).ElementAtOrDefault(nth - 1)!), heard => heard is not null);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_group_with_invalid_or_unknown_members_or_with_groups_is_rejected(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (member, _) = await app.MonitorAsync();
        var group = await GroupAsync(app, (member, 1));
        foreach (var (members, message) in new[]
        {
            ($$"""[{"tag":"{{group.Tag}}","weight":1}]""", "groups do not contain groups"), ("""[{"tag":"unknown","weight":1}]""", "not found"), ("5", "type_data.monitors: give a list"),
            ("[null]", "type_data.monitors[0]: give an object"), ("[{}]", "type_data.monitors[0].tag: is missing"), ("""[{"tag":5}]""", "type_data.monitors[0].tag: give a text"), ($$"""[{"tag":"{{member}}","weight":-1}]""", "weight"),
            ($$"""[{"tag":"{{member}}","weight":"x"}]""", "weight"), ($$"""[{"tag":"{{member}}"},{"tag":"{{member}}"}]""", "twice"), ("""[{"tag":"\u0000"}]""", "U+0000"),
        })
        {
            var body = $$$"""{"tag":"{{{NewTag()}}}","name":"x","monitor_type":"GROUP","type_data":{"monitors":{{{members}}}}}""";
            var made = await app.PostAsync("", body);
            Assert.True(made.Status == HttpStatusCode.BadRequest && made.Message!.Contains(message, StringComparison.Ordinal), $"{members}: {made.Body.GetRawText()}");
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await app.PatchAsync("/" + group.Tag, $$$"""{"type_data":{"monitors":[{"tag":"{{{group.Tag}}}"}]}}""")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.PatchAsync("/" + member, """{"monitor_type":"GROUP"}""")).Status);
    }

    private static async Task<(string Tag, long Id)> GroupAsync(MonitorsApp app, params (string Tag, double Weight)[] members) => await app.MonitorAsync(
        $$$""","monitor_type":"GROUP","cron":"* * * * *","default_status":"NONE","type_data":{"executionDelay":1000,"monitors":{{{Json(members)}}}}""");

    private static string Json((string Tag, double Weight)[] members) => JsonSerializer.Serialize(members.Select(member => new { tag = member.Tag, weight = member.Weight }));
}
