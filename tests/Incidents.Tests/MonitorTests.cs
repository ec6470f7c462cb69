using System.Net;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Tests;

/// <summary>Monitors, which Incidents knows only from events.</summary>
public sealed class MonitorTests(Hosts hosts) : IClassFixture<Hosts>
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_request_waits_for_a_monitor_whose_event_arrives_a_moment_later(DatabaseKind database)
    {
        // A request that waits for a monitor queries it again after this time.
        var clock = new WatchedClock(TimeSpan.FromMilliseconds(20));
        await using var service = await Service.StartAsync(database, clock: clock);
        var creating = service.CreateAsync(new { title = "t", start_date_time = 60, monitors = new[] { new { monitor_tag = "just-made" } } });
        await Eventually.TrueAsync(() => Task.FromResult(clock.Waits > 0));
        await service.Host.PublishAsync(new MonitorChanged { Id = 11, Version = 1, Tag = "just-made" });
        await clock.TurnUntilAsync(() => creating.IsCompleted);
        Assert.Equal("""[{"monitor_tag":"just-made","impact":"DOWN"}]""", (await service.IncidentAsync(await creating)).GetProperty("monitors").ToString());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_deleted_monitor_is_removed_from_its_incidents_and_is_unknown_from_then_on(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var (gone, goneId) = await service.MonitorAsync();
        var (stays, staysId) = await service.MonitorAsync();
        var body = new { title = "t", start_date_time = 60, monitors = new[] { new { monitor_tag = gone }, new { monitor_tag = stays } } };
        var (one, two) = (await service.CreateAsync(body), await service.CreateAsync(body));

        var tombstone = new MonitorChanged { Id = goneId, Version = 2, Tag = gone, Deleted = true };
        await service.Host.PublishAsync(tombstone);
        await service.Host.PublishAsync(tombstone);
        foreach (var id in new[] { one, two })
        {
            Assert.Equal($$"""[{"monitor_tag":"{{stays}}","impact":"DOWN"}]""", (await service.IncidentAsync(id)).GetProperty("monitors").ToString());
            Assert.Equal([new IncidentLink(staysId, MonitorStatus.Down)], (await service.EventsOfAsync(id, 2))[^1].Monitors);
            var versions = await service.ReadAsync(db => db.Versions.Where(row => row.IncidentId == id).OrderBy(row => row.Version).ToListAsync());
            Assert.Equal(["key:1", "system"], versions.Select(row => row.Actor));
        }
        (await service.SendAsync("PATCH", $"/api/v4/incidents/{one}", new { monitors = new[] { new { monitor_tag = gone } } }))
            .ExpectRefusal(HttpStatusCode.BadRequest, $"Monitor with tag '{gone}' not found");
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_newest_version_of_a_monitor_counts_whatever_the_order(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        await service.Host.PublishAsync(new MonitorChanged { Id = 21, Version = 3, Tag = "late", Deleted = true });
        await service.Host.PublishAsync(new MonitorChanged { Id = 21, Version = 2, Tag = "late" });
        await service.Host.PublishAsync(new MonitorChanged { Id = 21, Version = 3, Tag = "late" });
        var known = await service.ReadAsync(db => db.Monitors.AsNoTracking().SingleAsync(monitor => monitor.Id == 21));
        Assert.Equal((3, true), (known.Version, known.Deleted));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_recreated_tag_inherits_nothing(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        await service.Host.PublishAsync(new MonitorChanged { Id = 31, Version = 1, Tag = "phoenix" });
        var body = new { title = "t", start_date_time = 60, monitors = new[] { new { monitor_tag = "phoenix" } } };
        var old = await service.CreateAsync(body);
        // The event of the new monitor arrives before the deletion of the old one.
        await service.Host.PublishAsync(new MonitorChanged { Id = 32, Version = 1, Tag = "phoenix" });
        var fresh = await service.CreateAsync(body);
        await service.Host.PublishAsync(new MonitorChanged { Id = 31, Version = 2, Tag = "phoenix", Deleted = true });
        Assert.Empty((await service.EventsOfAsync(old, 2))[^1].Monitors);
        Assert.Equal(32, (await service.EventsOfAsync(fresh, 1))[^1].Monitors.Single().MonitorId);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task No_link_outlives_a_monitor_that_is_deleted_while_incidents_are_created(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        for (var round = 0; round < 5; round++)
        {
            var (tag, id) = await service.MonitorAsync();
            var creating = Enumerable.Range(0, 6).Select(_ =>
                service.SendAsync("POST", "/api/v4/incidents", new { title = "t", start_date_time = 60, monitors = new[] { new { monitor_tag = tag } } })).ToList();
            await service.Host.PublishAsync(new MonitorChanged { Id = id, Version = 2, Tag = tag, Deleted = true });
            Assert.All(await Task.WhenAll(creating), reply => Assert.True((int)reply.Status is 201 or 400, reply.ToString()));
            Assert.Equal(0, await service.ReadAsync(db => db.AffectedMonitors.CountAsync(link => link.MonitorId == id)));
        }
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_impact_of_UP_links_the_monitor(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var (tag, monitor) = await service.MonitorAsync();
        var id = await service.CreateAsync(new { title = "t", start_date_time = 60, monitors = new[] { new { monitor_tag = tag, impact = "UP" } } });
        Assert.Equal($$"""[{"monitor_tag":"{{tag}}","impact":"UP"}]""", (await service.IncidentAsync(id)).GetProperty("monitors").ToString());
        Assert.Equal([new IncidentLink(monitor, MonitorStatus.Up)], (await service.EventsOfAsync(id, 1))[^1].Monitors);
        (await service.SendAsync("PATCH", $"/api/v4/incidents/{id}", new { monitors = new[] { new { monitor_tag = tag, impact = "DOWN" } } })).Expect(HttpStatusCode.OK);
        (await service.SendAsync("PATCH", $"/api/v4/incidents/{id}", new { monitors = new[] { new { monitor_tag = tag, impact = "UP" } } })).Expect(HttpStatusCode.OK);
        Assert.Equal(MonitorStatus.Up, (await service.EventsOfAsync(id, 3))[^1].Monitors.Single().Impact);
    }
}
