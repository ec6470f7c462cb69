using Kener.Monitors.Agents;
using Kener.Monitors.Database;
using Kener.Monitors.Transitions;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static Kener.Monitors.Tests.MonitorsApp;

namespace Kener.Monitors.Tests;

/// <summary>Tests that each transition is claimed once, in the transaction of its effect (Behavior: TRN-4).</summary>
public sealed class TransitionClaimTests
{
    private readonly long Now = Contracts.Minutes.Floor(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    /// <summary>Creates monitors that have that many transitions each.</summary>
    private async Task<List<long>> MadeAsync(MonitorsApp app, int monitors, int each)
    {
        var ids = new List<long>();
        for (var i = 0; i < monitors; i++) ids.Add((await app.CheckedAsync()).Id);
        for (var i = each; i > 0; i--) await app.ReportAsync([.. ids.Select(id => Result(id, Now - (i * 60), i % 2 == 0 ? "UP" : "DOWN"))]);
        return ids;
    }

    /// <summary>Claims transitions as a consumer does, and runs the test's effect in the same transaction.</summary>
    private static async Task<IReadOnlyList<StatusTransition>> ClaimAsync(MonitorsApp app, int atMost, Func<Change<MonitorsDb>, IReadOnlyList<StatusTransition>, Task>? then = null)
    {
        await using var scope = app.Host.Services.CreateAsyncScope();
        IReadOnlyList<StatusTransition> claimed = [];
        await scope.ServiceProvider.GetRequiredService<Changes<MonitorsDb>>().ProjectAsync(async change =>
        {
            claimed = await TransitionLog.ClaimAsync(change, atMost, TestContext.Current.CancellationToken);
            if (then is not null) await then(change, claimed);
        }, TestContext.Current.CancellationToken);
        return claimed;
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Transitions_are_claimed_once_oldest_first_and_at_most_the_requested_number(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        await MadeAsync(app, 3, 4);
        var claims = new List<IReadOnlyList<StatusTransition>>();
        for (var i = 0; i < 4; i++) claims.Add(await ClaimAsync(app, 5));
        Assert.Equal([5, 5, 2, 0], claims.Select(claim => claim.Count));
        var ids = claims.SelectMany(claim => claim).Select(row => row.Id).ToList();
        Assert.Equal(ids.Distinct().Order(), ids);
        Assert.All(claims.SelectMany(claim => claim), row => Assert.NotNull(row.ClaimedMs));
        Assert.Equal(0, await app.WithDbAsync(db => db.Transitions.CountAsync(row => row.ClaimedMs == null)));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task With_concurrent_consumers_one_claims_each_transition_and_those_of_a_monitor_in_order(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        var ids = await MadeAsync(app, 5, 12);
        var order = 0;
        var claimed = new System.Collections.Concurrent.ConcurrentBag<(int Order, StatusTransition Row)>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            // The number is taken inside the transaction, so numbers are in the order of the claims.
            for (var more = true; more;)
            {
                var drawn = 0;
                var rows = await ClaimAsync(app, 4, (_, rows) => Task.FromResult(drawn = rows.Count == 0 ? 0 : Interlocked.Increment(ref order)));
                foreach (var row in rows) claimed.Add((drawn, row));
                more = rows.Count > 0;
            }
        }));
        Assert.Equal(60, claimed.Count);
        Assert.Equal(60, claimed.Select(one => one.Row.Id).Distinct().Count());
        foreach (var id in ids)
        {
            var own = claimed.Where(one => one.Row.MonitorId == id).OrderBy(one => one.Order).ThenBy(one => one.Row.Id).Select(one => one.Row.Id).ToList();
            Assert.Equal(own.Order(), own);
        }
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task If_the_effect_fails_the_claim_is_rolled_back_and_the_next_consumer_gets_the_same_transitions(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        await MadeAsync(app, 2, 2);
        IReadOnlyList<StatusTransition> lost = [];
        await Assert.ThrowsAsync<InvalidOperationException>(() => ClaimAsync(app, 10, async (change, rows) =>
        {
            lost = rows;
            change.Db.Agents.Add(new Agent { Name = "effect", SeenMs = 1, Types = "" });
            await change.FlushAsync(TestContext.Current.CancellationToken);
            throw new InvalidOperationException("The consumer fails after its effect was written");
        }));
        Assert.Equal(0, await app.WithDbAsync(db => db.Agents.CountAsync(agent => agent.Name == "effect")));
        var next = await ClaimAsync(app, 10, (change, _) =>
        {
            change.Db.Agents.Add(new Agent { Name = "effect", SeenMs = 1, Types = "" });
            return Task.CompletedTask;
        });
        Assert.Equal(4, next.Count);
        Assert.Equal(lost.Select(row => row.Id), next.Select(row => row.Id));
        Assert.Equal(1, await app.WithDbAsync(db => db.Agents.CountAsync(agent => agent.Name == "effect")));
    }

    [Fact]
    public async Task After_a_consumer_is_killed_in_its_transaction_a_waiting_one_claims_its_transitions()
    {
        await using var app = await MonitorsApp.StartAsync(DatabaseKind.PostgreSQL);
        await MadeAsync(app, 2, 2);
        var cancel = TestContext.Current.CancellationToken;
        // Like a killed process: the claim is made, and the connection ends without a commit.
        var connection = app.Host.Services.GetRequiredService<IConfiguration>().GetConnectionString("monitordb");
        await using var killed = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ToString());
        await killed.OpenAsync(cancel);
        await using (var claim = new NpgsqlCommand("BEGIN; UPDATE status_transitions SET claimed_ms = 1", killed)) await claim.ExecuteNonQueryAsync(cancel);
        var waiting = ClaimAsync(app, 10);
        await Eventually.TrueAsync(() => app.WithDbAsync(db => db.Database.SqlQuery<bool>(
            $"SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE {killed.ProcessID} = ANY(pg_blocking_pids(pid))) AS \"Value\"").SingleAsync(cancel)));
        Assert.False(waiting.IsCompleted);
        await killed.CloseAsync();
        Assert.Equal(4, (await waiting).Count);
    }
}
