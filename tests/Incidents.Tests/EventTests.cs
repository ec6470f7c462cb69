using System.Net;
using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Tests;

/// <summary>The events that are published, the history and the audit.</summary>
public sealed class EventTests(Hosts hosts) : IClassFixture<Hosts>
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Every_change_is_published_with_the_whole_state_and_is_in_history_and_audit(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var (tag, monitor) = await service.MonitorAsync();
        var id = await service.CreateAsync(new { title = "t", start_date_time = 6_000, is_global = "NO", monitors = new[] { new { monitor_tag = tag, impact = "DEGRADED" } } });
        var first = await service.PostAsync(id, "IDENTIFIED", 6_060, "one");
        var second = await service.PostAsync(id, "RESOLVED", 6_120, "two");
        await service.SendAsync("PATCH", $"/api/v4/incidents/{id}/comments/{first}", new { comment = "uno" });
        await service.SendAsync("PATCH", $"/api/v4/incidents/{id}", new { title = "T" });
        await service.SendAsync("DELETE", $"/api/v4/incidents/{id}/comments/{second}");
        var versions = await service.ReadAsync(db => db.Versions.AsNoTracking().Where(row => row.IncidentId == id).OrderBy(row => row.Version).ToListAsync());
        await service.SendAsync("DELETE", $"/api/v4/incidents/{id}");

        var events = await service.EventsOfAsync(id, 7);
        Assert.Equal(7, events.Select(one => one.Version).Distinct().Count());
        Assert.Equal([new IncidentLink(monitor, MonitorStatus.Degraded)], events[0].Monitors);
        Assert.Equal((false, IncidentSource.Api, 6_000), (events[0].IsGlobal, events[0].Source, events[0].Start));
        Assert.Equal((IncidentState.Resolved, 6_120), (events[4].State, events[4].End));
        Assert.Equal([(second, "two"), (first, "uno")], events[4].Updates.Select(update => (update.Id, update.Markdown)));
        Assert.Equal((IncidentState.Identified, null, "T"), (events[5].State, events[5].End, events[5].Title));
        Assert.True(events[6].Deleted);

        Assert.Equal(events.Take(6).Select(one => one.Version), versions.Select(row => row.Version));
        Assert.All(versions, row => Assert.Equal("key:1", row.Actor));
        Assert.Equal(
            [
                $$"""{"action":"incident.created","title":"t","start":6000,"end":null,"state":"INVESTIGATING","isGlobal":false,"monitors":[{"monitorId":{{monitor}},"impact":3}]}""",
                Posted(first, "posted", "t", "null", "IDENTIFIED", 6_060, "IDENTIFIED", "ACTIVE", ""","markdown":"one" """),
                Posted(second, "posted", "t", "6120", "RESOLVED", 6_120, "RESOLVED", "ACTIVE", ""","markdown":"two" """),
                Posted(first, "changed", "t", "6120", "RESOLVED", 6_060, "IDENTIFIED", "ACTIVE", ""","markdown":"uno" """),
                """{"action":"incident.changed","title":"T","start":6000,"end":6120,"state":"RESOLVED","isGlobal":false}""",
                Posted(second, "deleted", "T", "null", "IDENTIFIED", 6_120, "RESOLVED", "DELETED", ""),
            ],
            versions.Select(row => row.Document));
        var audit = await service.ReadAsync(db => db.Audit.Where(row => row.SubjectType == "incident" && row.SubjectId == id).OrderBy(row => row.Id).ToListAsync());
        Assert.Equal(
            ["incident.created", "incident.update.posted", "incident.update.posted", "incident.update.changed", "incident.changed", "incident.update.deleted", "incident.deleted"],
            audit.Select(row => row.Action));

        static string Posted(long update, string verb, string title, string end, string state, long at, string said, string status, string text) =>
            $$$"""
            {"action":"incident.update.{{{verb}}}","title":"{{{title}}}","start":6000,"end":{{{end}}},"state":"{{{state}}}","isGlobal":false,
            "update":{"id":{{{update}}},"at":{{{at}}},"state":"{{{said}}}","status":"{{{status}}}"{{{text.TrimEnd()}}}}}
            """.ReplaceLineEndings("");
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Concurrent_changes_are_all_stored_and_each_has_its_own_version(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var id = await service.CreateAsync();
        var writes = Scale.Of(4);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            for (var i = 0; i < writes; i++)
            {
                await service.PostAsync(id, writer % 2 == 0 ? "RESOLVED" : "MONITORING", 1_700_000_100 + 60 * i, $"{writer}/{i}");
                (await service.SendAsync("PATCH", $"/api/v4/incidents/{id}", new { title = $"{writer}/{i}" })).Expect(HttpStatusCode.OK);
            }
        }));
        var events = await service.EventsOfAsync(id, 1 + 8 * writes);
        Assert.Equal(1 + 8 * writes, events.Select(one => one.Version).Distinct().Count());
        Assert.Equal(4 * writes, events[^1].Updates.Select(update => update.Markdown).Distinct().Count());
        var newest = events[^1].Updates.MaxBy(update => update.Id)!;
        Assert.Equal((newest.State, newest.State == IncidentState.Resolved ? newest.At : (long?)null), (events[^1].State, events[^1].End));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Concurrent_deletions_and_edits_end_in_a_deletion_and_never_in_a_5xx(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        for (var round = 0; round < 5; round++)
        {
            var id = await service.CreateAsync();
            var replies = await Task.WhenAll(
                service.SendAsync("DELETE", $"/api/v4/incidents/{id}"), service.SendAsync("POST", $"/api/v4/incidents/{id}/comments", new { comment = "c", state = "MONITORING" }),
                service.SendAsync("PATCH", $"/api/v4/incidents/{id}", new { title = "x" }), service.SendAsync("DELETE", $"/api/v4/incidents/{id}"));
            Assert.All(replies, reply => Assert.True((int)reply.Status is 200 or 201 or 404, reply.ToString()));
            var written = replies.Count(reply => (int)reply.Status < 300);
            var events = await service.EventsOfAsync(id, 1 + written);
            Assert.True(events[^1].Deleted);
            Assert.Equal(1 + written, events.Select(one => one.Version).Distinct().Count());
        }
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_replay_publishes_everything_again_including_tombstones(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        var (tag, _) = await service.MonitorAsync();
        var rich = await service.CreateAsync(new { title = "rich", start_date_time = 60, monitors = new[] { new { monitor_tag = tag } } });
        await service.PostAsync(rich, "RESOLVED", 120);
        var gone = await service.CreateAsync();
        await service.SendAsync("DELETE", $"/api/v4/incidents/{gone}");
        await service.SeedAsync(230);
        await service.EventsOfAsync(gone, 2);
        var (whole, tombstone) = (Json((await service.EventsOfAsync(rich, 2))[^1]), Json((await service.EventsOfAsync(gone, 2))[^1]));
        await Eventually.TrueAsync(() => service.ReadAsync(async db => !await db.Outbox.AnyAsync(TestContext.Current.CancellationToken)));
        var audit = await service.ReadAsync(db => db.Audit.CountAsync());

        service.Events.Clear();
        await service.Host.PublishAsync(new ReplayRequested { By = "status" });
        // The replay requested at the start may publish some of them once more.
        await Eventually.GetAsync(() => Task.FromResult(service.Events.Select(one => one.Id).Distinct().Count()), count => count == 232);
        var told = service.Events.DistinctBy(one => one.Id).ToDictionary(one => one.Id, Json);
        Assert.Equal((232, whole, tombstone), (told.Count, told[rich], told[gone]));
        Assert.Equal(audit, await service.ReadAsync(db => db.Audit.CountAsync()));
    }

    private static string Json(IncidentChanged one) => JsonSerializer.Serialize(one);
}
