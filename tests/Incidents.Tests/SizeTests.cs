using System.Net;
using Kener.Incidents.Updates;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Tests;

/// <summary>Limits on the size of an incident, and what remains of a deleted one.</summary>
public sealed class SizeTests(Hosts hosts) : IClassFixture<Hosts>
{
    private const string TooLarge = "An incident's title and updates must not be larger than 1024 KiB in total";

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Storage_grows_linearly_with_updates_and_a_deletion_leaves_only_tombstone_and_audit(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var id = await service.CreateAsync();
        var text = new string('x', 1_000);
        for (var i = 0; i < 50; i++) await service.PostAsync(id, "MONITORING", comment: text);
        var after50 = await SizeAsync(service, id);
        for (var i = 0; i < 50; i++) await service.PostAsync(id, "MONITORING", comment: text);
        Assert.InRange(await SizeAsync(service, id), after50, after50 * 2.2);

        (await service.SendAsync("DELETE", $"/api/v4/incidents/{id}")).Expect(HttpStatusCode.OK);
        Assert.True((await service.EventsOfAsync(id, 102))[^1].Deleted);
        await Eventually.TrueAsync(() => service.ReadAsync(async db => !await db.Outbox.AnyAsync(row => row.Subject == $"incident/{id}")));
        Assert.Equal((0, 0, 0, 1, 102), await service.ReadAsync(async db => (
            await db.Incidents.CountAsync(row => row.Id == id), await db.Versions.CountAsync(row => row.IncidentId == id),
            await db.Updates.CountAsync(row => row.IncidentId == id), await db.Tombstones.CountAsync(row => row.IncidentId == id),
            await db.Audit.CountAsync(row => row.SubjectType == "incident" && row.SubjectId == id))));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task More_than_a_mebibyte_of_text_is_rejected_for_every_request_and_hidden_updates_count(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var id = await service.CreateAsync(new { title = "t", start_date_time = 60 });
        // Two bytes per character.
        var largest = new string('é', UpdateInput.LongestComment);
        List<long> updates = [];
        for (var i = 0; i < 7; i++) updates.Add(await service.PostAsync(id, "MONITORING", comment: largest));
        (await service.SendAsync("DELETE", $"/api/v4/incidents/{id}/comments/{updates[0]}")).Expect(HttpStatusCode.OK);
        var small = await service.PostAsync(id, "MONITORING", comment: new string('é', UpdateInput.LongestComment - 1) + "x");
        var comments = $"/api/v4/incidents/{id}/comments";
        (await service.SendAsync("POST", comments, new { comment = "x", state = "MONITORING" })).ExpectRefusal(HttpStatusCode.BadRequest, TooLarge);
        (await service.SendAsync("PATCH", $"{comments}/{small}", new { comment = largest })).ExpectRefusal(HttpStatusCode.BadRequest, TooLarge);
        (await service.SendAsync("PATCH", $"/api/v4/incidents/{id}", new { title = "ti" })).ExpectRefusal(HttpStatusCode.BadRequest, TooLarge);
        (await service.SendAsync("PATCH", $"{comments}/{small}", new { comment = "small" })).Expect(HttpStatusCode.OK);
        await service.PostAsync(id, "RESOLVED", comment: "over");
        Assert.Equal("RESOLVED", (await service.IncidentAsync(id)).GetProperty("state").GetString());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task More_than_500_updates_are_rejected_and_hidden_ones_count(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var id = await service.CreateAsync();
        await service.ReadAsync(db => db.Database.ExecuteSqlAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 499)
            INSERT INTO incident_updates (incident_id, markdown, at, state, status, created_ms, updated_ms) SELECT {id}, 'x', 60, 2, i % 3, 0, 0 FROM n
            """));
        await service.PostAsync(id, "MONITORING");
        (await service.SendAsync("POST", $"/api/v4/incidents/{id}/comments", new { comment = "x", state = "MONITORING" }))
            .ExpectRefusal(HttpStatusCode.BadRequest, "An incident must not have more than 500 updates");
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_history_keeps_the_newest_thousand_changes(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var id = await service.CreateAsync();
        await service.ReadAsync(async db =>
        {
            await db.Incidents.Where(row => row.Id == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, 1_499));
            return await db.Database.ExecuteSqlAsync($"""
                WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1499)
                INSERT INTO incident_versions (incident_id, version, at_ms, actor, document) SELECT {id}, i, 0, 'key:1', 'x' FROM n
                """);
        });
        (await service.SendAsync("PATCH", $"/api/v4/incidents/{id}", new { title = "x" })).Expect(HttpStatusCode.OK);
        // The versions of creation and edit come from the clock and are above the 1,498 inserted ones, of which the newest 998 are kept.
        Assert.Equal((1_000, 502L), await service.ReadAsync(async db => (
            await db.Versions.CountAsync(row => row.IncidentId == id), await db.Versions.Where(row => row.IncidentId == id).MinAsync(row => row.Version))));
    }

    private static Task<double> SizeAsync(Service service, long id) => service.ReadAsync(async db =>
        (double)(await db.Versions.Where(row => row.IncidentId == id).SumAsync(row => row.Document.Length)
            + await db.Updates.Where(row => row.IncidentId == id).SumAsync(row => row.Markdown.Length)));
}
