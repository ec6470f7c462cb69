using CsCheck;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Results;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Monitors.Tests;

public sealed class StorageTests(MonitorsApps apps)
{
    [Fact]
    public void The_migrations_match_the_model()
    {
        using var sqlite = new MonitorsSqliteFactory().CreateDbContext([]);
        using var postgres = new MonitorsPostgresFactory().CreateDbContext([]);
        Assert.False(sqlite.Database.HasPendingModelChanges());
        Assert.False(postgres.Database.HasPendingModelChanges());
    }

    [Fact]
    public async Task Results_are_in_monthly_partitions_and_earlier_ones_are_moved_there_from_the_default_partition()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 15, 0, 0, 0, TimeSpan.Zero));
        await using var app = await MonitorsApp.StartAsync(DatabaseKind.PostgreSQL, clock);
        var april = new DateTimeOffset(2026, 4, 10, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        var (tag, id) = await app.MonitorAsync();
        // Stored directly, since the API rejects times more than a day ahead.
        await app.WithDbAsync(db => db.Database.ExecuteSqlAsync(
            $"INSERT INTO results (monitor_id, minute, region, status, raw_status, latency, type, version) VALUES ({id}, {april}, 0, 2, 2, 5, 0, 1)"));
        await app.PatchAsync($"/{tag}/data/0", """{"status":"UP"}""");
        Assert.Equal(7, await PartitionsAsync());
        Assert.Equal("results_default", await LiesInAsync(april));

        clock.SetUtcNow(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
        var keeper = app.Host.Services.GetServices<IHostedService>().OfType<ResultPartitions>().Single();
        await Task.WhenAll(keeper.EnsureAsync(TestContext.Current.CancellationToken), keeper.EnsureAsync(TestContext.Current.CancellationToken));
        // The daily retention may already have dropped October, and the result from 1970.
        Assert.InRange(await PartitionsAsync(), 7, 8);
        Assert.Equal("results_2026_04", await LiesInAsync(april));
        Assert.Contains(await LiesInAsync(0), new[] { "results_default", null });
        clock.SetUtcNow(new DateTimeOffset(2026, 4, 11, 0, 0, 0, TimeSpan.Zero));
        await app.PatchAsync($"/{tag}/data/{april}", """{"latency":6}""");
        Assert.Equal(EventVersions.OfCorrection(clock.GetUtcNow().ToUnixTimeSeconds()), await app.WithDbAsync(db => db.Results.Where(row => row.Minute == april).Select(row => row.Version).SingleAsync()));

        Task<int> PartitionsAsync() => app.WithDbAsync(db =>
            db.Database.SqlQuery<int>($"SELECT count(*)::int AS \"Value\" FROM pg_inherits WHERE inhparent = 'results'::regclass").SingleAsync());
        Task<string?> LiesInAsync(long minute) => app.WithDbAsync(db =>
            db.Database.SqlQuery<string>($"SELECT tableoid::regclass::text AS \"Value\" FROM results WHERE minute = {minute}").SingleOrDefaultAsync());
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Any_order_and_any_repetition_of_an_incidents_versions_give_the_same_overlays(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var nextId = 5_000_000L + Random.Shared.Next(1_000_000) * 100;
        var versions = Gen.Select(Gen.Long[0, 1], Gen.Long[0, 1].Nullable(), Gen.Bool, Gen.Select(Gen.Long[-3, -1], Gen.OneOf(Gen.Const(MonitorStatus.Down), Gen.Const(MonitorStatus.Degraded))).Array[0, 4])
            .Array[1, 5].SelectMany(states => Gen.Int[0, states.Length - 1].Array[states.Length, 12], (states, order) => (states, order));
        await versions.SampleAsync(async sample =>
        {
            var id = Interlocked.Increment(ref nextId);
            var changes = sample.states.Select((state, i) => new IncidentChanged
            {
                Id = id,
                Version = i + 1,
                Start = state.Item1,
                End = state.Item2,
                Deleted = state.Item3,
                Monitors = [.. state.Item4.Select(link => new IncidentLink(link.Item1, link.Item2))],
            }).ToList();
            foreach (var i in sample.order) await app.Host.PublishAsync(changes[i]);
            await app.Host.PublishAsync(changes[^1]);
            foreach (var i in sample.order) await app.Host.PublishAsync(changes[i]);

            var plan = changes[^1].Plan();
            var kept = await app.WithDbAsync(db => db.Overlays.AsNoTracking().Where(row => row.SourceId == id).ToListAsync());
            return kept.Select(row => (row.MonitorId, row.Start, row.End, row.Impact)).Order()
                .SequenceEqual(plan.Impacts.Select(impact => (impact.MonitorId, plan.Start, plan.End, impact.Impact)));
        }, iter: 20, threads: 1);
    }
}
