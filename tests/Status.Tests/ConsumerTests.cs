using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Projections;
using Kener.Status.Projections.Incidents;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Status.Tests;

/// <summary>How consumers apply events to the database.</summary>
public sealed class ConsumerTests
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Results_of_an_unknown_monitor_are_shown_once_the_monitor_is_known(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Down));
        Assert.Empty((await service.ViewAsync()).Monitors);
        await service.TellAsync(Given.Monitor(1));
        Assert.Equal(MonitorStatus.Down, (await service.ViewAsync()).Monitors.Single().Now);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_deleted_monitor_loses_its_history_and_later_events_for_it_are_ignored(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Up));
        await service.TellAsync(new MonitorChanged { Id = 1, Version = 2, Deleted = true, Tag = "m1" });
        await service.RecordAsync(Given.Result(1, Given.Noon - 60, MonitorStatus.Up));
        await service.TellAsync(Given.Monitor(1));
        Assert.Empty((await service.ViewAsync()).Monitors);
        Assert.Equal(0, await service.ReadAsync(db => db.Days.CountAsync()));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_recreated_tag_inherits_nothing(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Down));
        await service.TellAsync(Given.Incident(1, Given.Noon - 3600, null, new IncidentLink(1, MonitorStatus.Down)));
        await service.TellAsync(new MonitorChanged { Id = 1, Version = 2, Deleted = true, Tag = "m1" });
        await service.TellAsync(Given.Monitor(2) with { Tag = "m1" });
        var view = await service.ViewAsync();
        Assert.Equal((MonitorStatus.NoData, "-"), (view.Monitors.Single().Now, view.Monitors.Single().Uptime));
        Assert.Empty(view.Ongoing);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_incident_that_was_stored_but_not_rendered_is_rendered_on_redelivery(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        var told = Given.Incident(1, Given.Noon - 60, null, new IncidentLink(1, MonitorStatus.Down)) with { Title = "As it was" };
        await service.TellAsync(told);
        await service.SettledAsync();
        var news = told with { Version = 2, Title = "As it is" };
        // Simulates a process that was killed right after its commit, or lost its connection during the commit.
        Assert.Equal(1, await service.ReadAsync(db => db.Database.ExecuteSqlAsync(IncidentRow.TakeWords(news, news.Plan().Fingerprint()))));
        await service.TellAsync(news);
        Assert.Contains("As it is", System.Text.Encoding.UTF8.GetString((await service.SettledAsync()).Body), StringComparison.Ordinal);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_event_with_an_impossible_version_is_ignored(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        var incident = Given.Incident(1, Given.Noon - 60, null, new IncidentLink(1, MonitorStatus.Down));
        await service.TellAsync(incident);
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Up));

        await service.TellAsync(incident with { Version = long.MaxValue, Title = "Wrong" });
        await service.TellAsync(Given.Monitor(1) with { Version = long.MaxValue, Name = "Wrong" });
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Degraded) with { Version = int.MaxValue });
        await service.TellAsync(incident with { Version = 2, Title = "Right", End = Given.Noon });
        await service.TellAsync(Given.Monitor(1) with { Version = 2, Name = "Right" });
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Down) with { Version = 2 });
        var view = await service.ViewAsync();
        Assert.Equal(("Right", "Right", MonitorStatus.Down), (view.Resolved!.Single().Incident.Title, view.Monitors.Single().Name, view.Monitors.Single().Now));
    }

    [Fact]
    public void A_recent_incident_is_found_by_its_exact_id_and_version()
    {
        var (lately, told) = (new RecentIncidents(), Given.Incident(1, Given.Noon, null));
        lately.Keep(told);
        Assert.Same(told, lately.Find(1, told.Version));
        Assert.Null(lately.Find(1, told.Version + 1));
        Assert.Null(lately.Find(65, told.Version));
        lately.Keep(told with { Id = 65 });
        Assert.Null(lately.Find(1, told.Version));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_late_duplicate_does_not_override_a_correction(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Down));
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Up, version: 2));
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Down));
        var row = (await service.ViewAsync()).Monitors.Single();
        Assert.Equal((MonitorStatus.Up, "100"), (row.Now, row.Uptime));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_run_across_midnight_fills_both_days(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.RecordAsync(Given.Result(1, Given.Midnight - 120, MonitorStatus.Up, count: 5, latency: 10));
        var days = (await service.ViewAsync()).Monitors.Single().Days;
        Assert.Equal([new DayCounts(2, 0, 0, 0, 20, 2, 10, 10), new DayCounts(3, 0, 0, 0, 30, 3, 10, 10)], days.TakeLast(2));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_backdated_incident_changes_past_days_and_deleting_it_restores_them_byte_for_byte(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        for (var day = 0; day < 5; day++)
            await service.RecordAsync(Given.Result(1, Given.Midnight - day * Given.Day, MonitorStatus.Up, day == 0 ? 721 : 1440, latency: 12.5));
        service.Clock.Advance(RenderTrigger.ResultsEvery);
        var before = await service.SettledAsync();
        var incident = Given.Incident(1, Given.Noon - 3 * Given.Day, Given.Noon, new IncidentLink(1, MonitorStatus.Down));

        await service.TellAsync(incident);
        var row = (await service.ViewAsync()).Monitors.Single();
        Assert.Equal([0, 720, 1440, 1440, 720], row.Days.TakeLast(5).Select(day => day.Down));
        Assert.Equal([1440, 720, 0, 0, 1], row.Days.TakeLast(5).Select(day => day.Up));
        Assert.Equal("33.3436", row.Uptime);
        Assert.NotEqual(before.ETag, (await service.SettledAsync()).ETag);

        await service.TellAsync(incident with { Version = 2, End = Given.Noon - 2 * Given.Day });
        Assert.Equal([0, 720, 720, 0, 0], (await service.ViewAsync()).Monitors.Single().Days.TakeLast(5).Select(day => day.Down));
        await service.SettledAsync();

        await service.TellAsync(new IncidentChanged { Id = 1, Version = 3, Deleted = true });
        var after = await service.SettledAsync();
        Assert.Equal(before.Body, after.Body);
        Assert.True(after.Version > before.Version);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Concurrent_consumers_lose_nothing(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        var told = new List<object>();
        for (var i = 0; i < 60; i++)
        {
            // All messages write to the same days of the same monitors.
            told.Add(new ResultsRecorded
            {
                Runs = [.. Enumerable.Range(1, 3).Select(id => Given.Result(id, Given.Midnight + i * 60, MonitorStatus.Up, 1, 1, i))],
            });
        }
        for (var i = 1; i <= 3; i++)
        {
            told.Add(Given.Monitor(i));
            told.Add(Given.Incident(i, Given.Noon - 60, null, [.. Enumerable.Range(1, 3).Reverse().Select(id => new IncidentLink(id, MonitorStatus.Down))]));
        }
        await Task.WhenAll(told.Concat(told).Select(service.TellAsync));
        var view = await service.ViewAsync();
        Assert.All(view.Monitors, row => Assert.Equal((60, 2), (row.Days[^1].Up, row.Days[^1].Down)));
        Assert.Equal(3, view.Ongoing.Count);
        await service.SettledAsync();
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_empty_database_requests_a_replay(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await Eventually.TrueAsync(() => Task.FromResult(service.Host.Services.GetRequiredService<ReplayLog>().Asked == 1));
    }

    [Fact]
    public async Task A_database_with_data_requests_no_replay_and_shows_its_data_after_a_restart()
    {
        var folder = Path.Combine(Path.GetTempPath(), "kener-test-" + Guid.NewGuid().ToString("N"));
        Snapshot before;
        await using (var first = await Service.StartAsync(DatabaseKind.Sqlite, dataPath: folder))
        {
            // Before anything is stored, since only an empty database requests a replay.
            await Eventually.TrueAsync(() => Task.FromResult(first.Host.Services.GetRequiredService<ReplayLog>().Asked == 1));
            await first.TellAsync(Given.Monitor(1));
            await first.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Down));
            before = await first.SettledAsync();
        }
        await using (var second = await Service.StartAsync(DatabaseKind.Sqlite, dataPath: folder))
        {
            var after = await second.SettledAsync();
            Assert.Equal((before.Version, before.ETag), (after.Version, after.ETag));
            await Eventually.TrueAsync(() => second.ReadAsync(async db => !await db.Outbox.AnyAsync()));
            Assert.Equal(0, second.Host.Services.GetRequiredService<ReplayLog>().Asked);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Invalid_results_change_nothing()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.RecordAsync();
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Up, count: 0), Given.Result(1, Given.Noon, MonitorStatus.Up, version: 0));
        Assert.Equal(0, await service.ReadAsync(db => db.Days.CountAsync()));
        Assert.Null((await service.ReadAsync(db => db.Histories.SingleOrDefaultAsync()))?.LatestMinute);
    }
}
