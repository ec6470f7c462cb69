using System.Net;
using Kener.Contracts;
using Kener.Monitors.Heartbeats;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Monitors.Tests;

/// <summary>HEARTBEAT monitors (Behavior: HBT-1 to HBT-4).</summary>
public sealed class HeartbeatTests(MonitorsApps apps)
{
    private const long Start = 1_800_000_000;

    private static async Task<(HttpStatusCode Status, string Text)> BeatAsync(MonitorsApp app, string path, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, "/ext/heartbeat/" + path);
        using var answer = await app.Host.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<(string Tag, long Id, string Secret)> MadeAsync(MonitorsApp app, string more = "")
    {
        var (tag, id) = await app.MonitorAsync(""","monitor_type":"HEARTBEAT","cron":"* * * * *","default_status":"NONE" """ + more);
        var monitor = (await app.GetAsync("/" + tag)).Monitor;
        return (tag, id, monitor.GetProperty("type_data").GetProperty("secretString").GetString()!);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_ping_is_accepted_at_each_form_of_its_address_and_counts_at_once(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        foreach (var (form, method) in new[] { ("{0}/{1}", HttpMethod.Get), ("{0}/{1}", HttpMethod.Post), ("{0}:{1}", HttpMethod.Get), ("{0}:{1}", HttpMethod.Post) })
        {
            var (tag, id, secret) = await MadeAsync(app);
            Assert.Equal((HttpStatusCode.OK, """{"status":"OK"}"""), await BeatAsync(app, string.Format(null, form, tag, secret), method));
            // Looks for any such result, since the newest may be of the next minute.
            Assert.True(await app.WithDbAsync(db => db.Results.AnyAsync(row => row.MonitorId == id && row.Status == MonitorStatus.Up && row.Latency == 0)));
        }
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Every_invalid_ping_gets_the_same_answer_and_is_not_stored(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id, secret) = await MadeAsync(app, ""","type_data":{"secretString":"chosen"}""");
        Assert.Equal("chosen", secret);
        var (idle, _, idleSecret) = await MadeAsync(app, ""","status":"INACTIVE" """);
        var (other, _) = await app.MonitorAsync(""","type_data":{"secretString":"chosen"}""");
        foreach (var path in new[]
        {
            $"{tag}/wrong", $"{tag}/Chosen", $"{tag}:chosenx", $"{tag}", $":{secret}", $"{other}/chosen", $"{idle}/{idleSecret}",
            $"unknown/chosen", $"{tag}/{new string('x', 5_000)}", $"{tag}/%F0%9F%A6%84",
        })
        {
            Assert.Equal((HttpStatusCode.BadRequest, """{"error":"Unknown heartbeat"}"""), await BeatAsync(app, path));
        }
        Assert.Equal(0, await app.WithDbAsync(db => db.Pings.CountAsync(beat => beat.MonitorId == id)));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Silence_is_recorded_each_minute_first_as_degraded_then_as_down_until_the_next_ping(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(Start));
        await using var app = await MonitorsApp.StartAsync(database, clock);
        var (tag, id, secret) = await MadeAsync(app, ""","type_data":{"degradedRemainingMinutes":2,"downRemainingMinutes":"4"}""");
        var (_, never, _) = await MadeAsync(app);
        Assert.Equal(HttpStatusCode.OK, (await BeatAsync(app, $"{tag}/{secret}")).Status);
        string[] expected = ["Up", "Up", "Up", "Degraded", "Degraded", "Down", "Down"];
        for (var i = 0; i < expected.Length; i++)
        {
            clock.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds(Start + (i * 60L)));
            await Eventually.GetAsync(() => StatusAsync(id, i), status => status == expected[i]);
        }
        Assert.Equal("NoData", await StatusAsync(never, 1));
        Assert.Equal(HttpStatusCode.OK, (await BeatAsync(app, $"{tag}/{secret}")).Status);
        Assert.Equal("Up", await StatusAsync(id, expected.Length - 1));
        Assert.Equal("Down", await StatusAsync(id, expected.Length - 2));

        Task<string?> StatusAsync(long monitor, int minute)
        {
            // Starts another evaluation: one in progress when the clock was set may have missed it, and the clock may not advance further.
            app.Host.Services.GetRequiredService<Evaluations>().Wake();
            if (clock.GetUtcNow() < DateTimeOffset.FromUnixTimeSeconds(Start + (minute * 60L) + 30)) clock.Advance(TimeSpan.FromMilliseconds(100));
            return app.WithDbAsync(async db => (await db.Results.AsNoTracking().FirstOrDefaultAsync(
                row => row.MonitorId == monitor && row.Minute == Start + (minute * 60L)))?.Status.ToString());
        }
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_heartbeat_without_a_ping_and_a_group_of_inactive_members_have_no_data_whatever_the_default(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        foreach (var word in new[] { "UP", "DOWN", "DEGRADED" })
        {
            var (_, idle, _) = await MadeAsync(app, $""","default_status":"{word}" """);
            var (paused, _) = await app.CheckedAsync(""","status":"INACTIVE" """);
            var (group, groupId) = await app.MonitorAsync(
                $$$""","monitor_type":"GROUP","cron":"* * * * *","default_status":"{{{word}}}","type_data":{"monitors":[{"tag":"{{{paused}}}"}]}""");
            foreach (var id in new[] { idle, groupId })
            {
                var status = await Eventually.GetAsync(() => app.WithDbAsync(db => db.Results.AsNoTracking().Where(row => row.MonitorId == id)
                    .OrderBy(row => row.Minute).Select(row => (MonitorStatus?)row.Status).FirstOrDefaultAsync()), status => status is not null);
                Assert.Equal(MonitorStatus.NoData, status);
            }
            Assert.Equal(word, (await app.GetAsync("/" + group)).Monitor.GetProperty("default_status").GetString());
            Assert.Null((await Eventually.GetAsync(() => Task.FromResult(app.Heard.Of(group)), heard => heard.Count > 0))[^1].DefaultStatus);
        }
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_secret_that_no_address_can_hold_is_rejected(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        foreach (var secret in new[] { ".", "..", new string('x', 513) })
        {
            var body = $$$"""{"tag":"{{{MonitorsApp.NewTag()}}}","name":"n","monitor_type":"HEARTBEAT","type_data":{"secretString":"{{{secret}}}"}}""";
            Assert.Equal(HttpStatusCode.BadRequest, (await app.PostAsync("", body)).Status);
        }
        var (tag, _, _) = await MadeAsync(app);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.PatchAsync("/" + tag, """{"type_data":{"secretString":".."}}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.PatchAsync("/" + tag, $$$"""{"type_data":{"secretString":"{{{new string('x', 512)}}}"}}""")).Status);
    }

    [Fact]
    public void The_latency_is_the_age_of_the_ping_and_replicas_agree()
    {
        var rule = HeartbeatRule.Of("""{"secretString":"x"}""");
        AwakeSpan[] awake = [new() { Process = "p", Start = 0, End = Start }];
        Assert.Equal((5d, 10d), (rule.DegradedMinutes, rule.DownMinutes));
        foreach (var (age, status) in new[] { (0L, MonitorStatus.Up), (300, MonitorStatus.Up), (360, MonitorStatus.Degraded), (600, MonitorStatus.Degraded), (660, MonitorStatus.Down) })
            Assert.Equal((status, age * 1000d), (rule.Judge(1, Start, Start - age, awake).Raw, rule.Judge(1, Start, Start - age, awake).Latency));
        Assert.Equal(rule.Judge(1, Start, Start, awake), rule.Judge(1, Start, Start + 59, awake));
        Assert.False(HeartbeatRule.Of("{}").Opens(""));
    }
}
