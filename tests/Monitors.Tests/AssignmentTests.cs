using System.Net;
using CsCheck;
using Kener.Contracts;
using Kener.Monitors.Agents;
using Kener.Monitors.Database;
using Kener.Monitors.Results;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Monitors.Tests;

/// <summary>Which agent checks what (Behavior: CHK-3, CHK-7).</summary>
public sealed class AssignmentTests(MonitorsApps apps)
{
    private const string Tcp = ""","monitor_type":"TCP","cron":"* * * * *","type_data":{"hosts":[{"host":"192.0.2.1","port":80}]}""";

    [Fact]
    public void Each_monitor_has_one_agent_and_keeps_it_when_another_agent_leaves()
    {
        var names = Gen.String[Gen.Char.AlphaNumeric, 1, 20].HashSet[2, 12];
        Gen.Select(names, Gen.Long[1, 1_000_000].HashSet[1, 60]).Sample((agents, monitors) =>
        {
            var hashes = agents.Select(Rendezvous.Hash).ToArray();
            foreach (var monitor in monitors)
            {
                var owner = hashes.Single(agent => Rendezvous.IsOf(agent, hashes, monitor));
                foreach (var gone in hashes.Where(agent => agent != owner))
                    Assert.True(Rendezvous.IsOf(owner, [.. hashes.Where(agent => agent != gone)], monitor));
            }
        });
    }

    [Fact]
    public void Agents_get_nearly_equal_shares()
    {
        ulong[] agents = [.. Enumerable.Range(1, 10).Select(i => Rendezvous.Hash($"agent-{i}"))];
        foreach (var agent in agents)
            Assert.InRange(Enumerable.Range(1, 10_000).Count(monitor => Rendezvous.IsOf(agent, agents, monitor)), 850, 1_150);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task An_assignment_has_the_active_monitors_with_a_cron_of_types_that_the_agent_knows(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        var (tag, id) = await app.CheckedAsync(""","is_hidden":"YES","type_data":{"url":"http://192.0.2.1/","secret":"x"}""");
        await app.CheckedAsync(""","status":"INACTIVE" """);
        await app.CheckedAsync(""","cron":null""");
        await app.MonitorAsync(""","cron":"* * * * *" """);
        var told = await Eventually.GetAsync(() => app.AssignmentAsync("one"), assignment => assignment!.Monitors.Count == 1);
        var monitor = told!.Monitors.Single();
        Assert.Equal((id, tag, "API", "* * * * *"), (monitor.Id, monitor.Tag, monitor.Type, monitor.Cron));
        Assert.Equal("""{"url":"http://192.0.2.1/","secret":"x"}""", monitor.TypeData.GetRawText());
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_waiting_agent_is_answered_at_once_when_a_monitor_is_created_changed_or_deleted(DatabaseKind database)
    {
        // The clock stands still, so neither the end of the agent's wait nor a regular poll of the database causes the answer.
        await using var app = await MonitorsApp.StartAsync(database, Clocks.AtHand());
        var known = await app.AssignmentAsync("one");
        Assert.Empty(known!.Monitors);
        var tag = "";
        foreach (var step in new Func<Task>[]
        {
            async () => (tag, _) = await app.CheckedAsync(),
            () => app.PatchAsync("/" + tag, """{"cron":"*/5 * * * *"}"""),
            () => app.PatchAsync("/" + tag, """{"status":"INACTIVE"}"""),
            () => app.PatchAsync("/" + tag, """{"status":"ACTIVE"}"""),
            () => app.DeleteAsync("/" + tag),
        })
        {
            var waiting = app.AssignmentAsync("one", known!.Version);
            Assert.False(waiting.IsCompleted);
            await step();
            var next = await waiting.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
            Assert.NotEqual(known.Version, next!.Version);
            known = next;
        }
        Assert.Empty(known.Monitors);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_change_made_by_another_replica_is_noticed_soon(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        var (_, id) = await app.CheckedAsync();
        var known = await Eventually.GetAsync(() => app.AssignmentAsync("one"), assignment => assignment!.Monitors.Count == 1);
        await app.WithDbAsync(async db =>
        {
            await db.Monitors.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, 7), TestContext.Current.CancellationToken);
            return await db.MonitorSets.ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, row => row.Version + 1), TestContext.Current.CancellationToken);
        });
        // A wait that times out returns null.
        var next = await Eventually.GetAsync(() => app.AssignmentAsync("one", known!.Version), assignment => assignment is not null);
        Assert.Equal(7, next!.Monitors.Single().Version);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Agents_share_the_monitors_and_one_that_is_silent_for_a_minute_loses_its_share(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        await using var app = await MonitorsApp.StartAsync(database, clock);
        var ids = new List<long>();
        for (var i = 0; i < 12; i++) ids.Add((await app.CheckedAsync()).Id);
        await Eventually.GetAsync(() => AskAsync("a"), share => share.Count == 12);
        await AskAsync("b");
        await Eventually.TrueAsync(async () => (await AskAsync("a")) is { Count: > 0 and < 12 } a && (await AskAsync("b")) is { Count: > 0 and < 12 } b
            && a.Concat(b).Order().SequenceEqual(ids));

        clock.Advance(TimeSpan.FromSeconds(40));
        await AskAsync("a");
        clock.Advance(TimeSpan.FromSeconds(21));
        await clock.TurnUntilAsync(async () => (await AskAsync("a")).Count == 12);

        async Task<List<long>> AskAsync(string agent) => [.. (await app.AssignmentAsync(agent))!.Monitors.Select(monitor => monitor.Id).Order()];
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_monitor_is_assigned_to_agents_that_know_its_type(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        var (tag, tcp) = await app.MonitorAsync(Tcp);
        var api = new List<long>();
        for (var i = 0; i < 12; i++) api.Add((await app.CheckedAsync()).Id);
        // An agent of the previous build does not report the types that it knows.
        await Eventually.GetAsync(() => AskAsync("previous"), share => share.Count == 12);
        Assert.Equal("The monitor is not checked: no agent knows the type TCP", await ReasonAsync());
        await Eventually.GetAsync(() => AskAsync("new", "TCP,API"), share => share.Contains(tcp));
        Assert.Null(await ReasonAsync());
        await Eventually.TrueAsync(async () => await AskAsync("previous") is { Count: > 0 and < 12 } old && await AskAsync("new", "TCP,API") is { } both
            && !old.Contains(tcp) && both.Contains(tcp) && old.Concat(both).Order().SequenceEqual(api.Append(tcp).Order()));
        Assert.Equal([CheckObstacle.NoAgent, null], (await Eventually.GetAsync(() => Task.FromResult(app.Heard.Of(tag)), heard => heard.Count == 2))
            .OrderBy(heard => heard.Version).Select(heard => heard.Obstacle));
        // Its results are stored.
        Assert.Equal((1, 0), await app.ReportAsync(MonitorsApp.Result(tcp, Minutes.Floor(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()))));

        // The agent is rolled back to the previous build.
        await AskAsync("new");
        Assert.Equal("The monitor is not checked: no agent knows the type TCP", await ReasonAsync());
        await Eventually.GetAsync(() => AskAsync("new"), share => !share.Contains(tcp));

        async Task<List<long>> AskAsync(string agent, string? types = null) =>
            [.. (await app.AssignmentAsync(agent, types: types))!.Monitors.Select(monitor => monitor.Id).Order()];

        async Task<string?> ReasonAsync() => (await app.GetAsync("/" + tag)).Monitor.TryGetProperty("no_data_reason", out var reason) ? reason.GetString() : null;
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_type_that_only_a_deleted_agent_knew_is_no_longer_known(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        await using var app = await MonitorsApp.StartAsync(database, clock);
        var (web, _) = await app.CheckedAsync();
        var (tag, id) = await app.MonitorAsync(Tcp);
        var share = await Eventually.GetAsync(() => app.AssignmentAsync("one", types: "TCP"), assignment => assignment!.Monitors.Count > 0);
        Assert.Equal(id, share!.Monitors.Single().Id);
        Assert.Equal([CheckObstacle.NoAgent, null], await HeardAsync(tag, 2));
        // The only agent does not know this type.
        Assert.Equal([null, CheckObstacle.NoAgent], await HeardAsync(web, 2));
        clock.Advance(TimeSpan.FromDays(2));
        await app.Host.Services.GetServices<IHostedService>().OfType<Retention>().Single().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(CheckObstacle.NoAgent, (await HeardAsync(tag, 3))[^1]);
        Assert.Null((await HeardAsync(web, 3))[^1]);

        async Task<List<CheckObstacle?>> HeardAsync(string of, int count) =>
            [.. (await Eventually.GetAsync(() => Task.FromResult(app.Heard.Of(of)), heard => heard.Count == count)).OrderBy(heard => heard.Version).Select(heard => heard.Obstacle)];
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task An_agent_that_only_reports_gets_no_share(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        var ids = new List<long>();
        for (var i = 0; i < 12; i++) ids.Add((await app.CheckedAsync()).Id);
        await Eventually.TrueAsync(async () => (await app.AssignmentAsync("one"))!.Monitors.Count == 12);
        Assert.Equal((1, 0), await app.ReportAsync(MonitorsApp.Result(ids[0], Minutes.Floor(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()))));
        // A changed set of monitors causes monitors and agents to be read again.
        await app.CheckedAsync();
        await Eventually.TrueAsync(async () => (await app.AssignmentAsync("one"))!.Monitors.Count == 13);
        await using var scope = app.Host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MonitorsDb>();
        Assert.Equal(["one"], await db.Agents.Select(agent => agent.Name).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Without_a_change_the_answer_is_204_after_25_seconds(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        await using var app = await MonitorsApp.StartAsync(database, clock);
        var known = await app.AssignmentAsync("one");
        var waiting = app.AssignmentAsync("one", known!.Version);
        await Eventually.TrueAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(waiting.IsCompleted);
        });
        Assert.Null(await waiting);
        Assert.True(clock.GetUtcNow().ToUnixTimeSeconds() >= 1_800_000_025);
    }

    [Fact]
    public async Task A_shutdown_ends_the_wait_of_an_agent()
    {
        // The clock stands still, so the wait cannot time out.
        var clock = new WatchedClock(TimeSpan.FromSeconds(25));
        var app = await MonitorsApp.StartAsync(DatabaseKind.Sqlite, clock);
        var known = await app.AssignmentAsync("one");
        var waiting = app.AssignmentAsync("one", known!.Version);
        await Eventually.TrueAsync(() => Task.FromResult(clock.Waits == 2));
        await app.DisposeAsync();
        Assert.Null(await waiting);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?agent=")]
    [InlineData("?agent=a%20b")]
    [InlineData("?agent=%00")]
    [InlineData("?agent=a%2Fb")]
    [InlineData("?agent=a&types=API;TCP")]
    [InlineData("?agent=a&types=%00")]
    public async Task An_agent_with_an_invalid_name_or_invalid_types_is_rejected(string query)
    {
        var app = await apps.OnAsync(DatabaseKind.Sqlite);
        using var client = app.Host.Client(Permissions.AgentsReport);
        using var answer = await client.GetAsync("/api/agent/v1/assignment" + query, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
