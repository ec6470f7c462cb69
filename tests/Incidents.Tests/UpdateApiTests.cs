using System.Net;
using System.Text.Json;
using Kener.Incidents.Updates;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Tests;

/// <summary>/api/v4/incidents/{id}/comments (Behavior: INC-1, INC-2, INC-7, API-5).</summary>
public sealed class UpdateApiTests(Hosts hosts) : IClassFixture<Hosts>
{
    private static string Path(long incident) => $"/api/v4/incidents/{incident}/comments";

    private static (string?, long?) StateAndEnd(JsonElement incident) => (incident.GetProperty("state").GetString(),
        incident.GetProperty("end_date_time") is { ValueKind: JsonValueKind.Number } end ? end.GetInt64() : null);

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_posted_update_is_returned_with_all_fields_in_order(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var incident = await service.CreateAsync();
        var posted = (await service.SendAsync("POST", Path(incident), new { comment = "  **hello** \n", state = "IDENTIFIED", timestamp = 1_700_000_099 }))
            .Expect(HttpStatusCode.Created).GetProperty("comment");
        Assert.Equal(["id", "incident_id", "comment", "timestamp", "state", "created_at", "updated_at"], posted.EnumerateObject().Select(field => field.Name));
        Assert.Equal(incident, posted.GetProperty("incident_id").GetInt64());
        Assert.Equal("**hello**", posted.GetProperty("comment").GetString());
        Assert.Equal(1_700_000_040 + 0, posted.GetProperty("timestamp").GetInt64());
        Assert.Equal("IDENTIFIED", posted.GetProperty("state").GetString());
        var read = (await service.SendAsync("GET", $"{Path(incident)}/{posted.GetProperty("id")}")).Expect(HttpStatusCode.OK);
        Assert.Equal(posted.ToString(), read.GetProperty("comment").ToString());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_update_without_a_timestamp_gets_the_current_minute(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var incident = await service.CreateAsync();
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 60 * 60;
        await service.PostAsync(incident, "MONITORING");
        var at = (await service.UpdatesAsync(incident)).Single().GetProperty("timestamp").GetInt64();
        Assert.InRange(at, before, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        Assert.Equal(0, at % 60);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Updates_are_listed_newest_first_by_their_time_then_by_id(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var incident = await service.CreateAsync();
        var middle = await service.PostAsync(incident, "MONITORING", 1_700_000_100);
        var oldest = await service.PostAsync(incident, "IDENTIFIED", 1_700_000_040);
        var same = await service.PostAsync(incident, "MONITORING", 1_700_000_110);
        var newest = await service.PostAsync(incident, "MONITORING", 1_700_000_700);
        var hidden = await service.PostAsync(incident, "MONITORING", 1_700_000_800);
        await service.SendAsync("DELETE", $"{Path(incident)}/{hidden}");
        Assert.Equal([newest, same, middle, oldest], (await service.UpdatesAsync(incident)).Select(update => update.GetProperty("id").GetInt64()));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_incident_follows_posted_edited_and_deleted_updates(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var incident = await service.CreateAsync();
        await service.PostAsync(incident, "IDENTIFIED", 1_700_000_100);
        Assert.Equal(("IDENTIFIED", null), StateAndEnd(await service.IncidentAsync(incident)));
        var resolved = await service.PostAsync(incident, "RESOLVED", 1_700_000_640);
        Assert.Equal(("RESOLVED", 1_700_000_640L), StateAndEnd(await service.IncidentAsync(incident)));
        (await service.SendAsync("PATCH", $"{Path(incident)}/{resolved}", """{"timestamp":1700000719}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(("RESOLVED", 1_700_000_700L), StateAndEnd(await service.IncidentAsync(incident)));
        (await service.SendAsync("PATCH", $"{Path(incident)}/{resolved}", """{"state":"MONITORING"}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(("MONITORING", null), StateAndEnd(await service.IncidentAsync(incident)));
        var again = await service.PostAsync(incident, "RESOLVED", 1_700_000_760);
        await service.PostAsync(incident, "INVESTIGATING", 1_700_000_820);
        Assert.Equal(("INVESTIGATING", null), StateAndEnd(await service.IncidentAsync(incident)));
        foreach (var update in await service.UpdatesAsync(incident))
        {
            var id = update.GetProperty("id").GetInt64();
            if (id > again) (await service.SendAsync("DELETE", $"{Path(incident)}/{id}")).Expect(HttpStatusCode.OK);
        }
        Assert.Equal(("RESOLVED", 1_700_000_760L), StateAndEnd(await service.IncidentAsync(incident)));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_edit_changes_only_the_fields_that_were_sent(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var incident = await service.CreateAsync();
        var update = await service.PostAsync(incident, "IDENTIFIED", 1_700_000_100, "old");
        var edited = (await service.SendAsync("PATCH", $"{Path(incident)}/{update}", """{"comment":" new "}""")).Expect(HttpStatusCode.OK).GetProperty("comment");
        Assert.Equal(("new", 1_700_000_100L, "IDENTIFIED"),
            (edited.GetProperty("comment").GetString(), edited.GetProperty("timestamp").GetInt64(), edited.GetProperty("state").GetString()));
        Assert.Equal(edited.ToString(), (await service.UpdatesAsync(incident)).Single().ToString());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_comment_that_a_page_could_only_show_as_code_is_rejected(DatabaseKind database)
    {
        static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));
        var service = await hosts.OnAsync(database);
        var incident = await service.CreateAsync();
        var posted = await service.PostAsync(incident, "MONITORING");
        var before = (await service.UpdatesAsync(incident)).Single().ToString();
        foreach (var (comment, message) in new[]
        {
            (Repeat("|a", 400) + "\n" + Repeat("|-", 400) + "\n" + Repeat("|b\n", 800), "comment must not have more than 32 columns in a table"),
            (Repeat("a\n", 4_000) + "a", "comment must not have more than 4000 lines"),
        })
        {
            (await service.SendAsync("POST", Path(incident), new { comment, state = "RESOLVED" })).ExpectRefusal(HttpStatusCode.BadRequest, message);
            (await service.SendAsync("PATCH", $"{Path(incident)}/{posted}", new { comment })).ExpectRefusal(HttpStatusCode.BadRequest, message);
        }
        Assert.Equal(before, (await service.UpdatesAsync(incident)).Single().ToString());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_deleted_or_hidden_update_is_not_found_by_any_method(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var incident = await service.CreateAsync();
        var deleted = await service.PostAsync(incident, "MONITORING");
        var hidden = await service.PostAsync(incident, "MONITORING");
        var answer = (await service.SendAsync("DELETE", $"{Path(incident)}/{deleted}")).Expect(HttpStatusCode.OK);
        Assert.Equal($"Comment with id '{deleted}' deleted successfully", answer.GetProperty("message").GetString());
        await service.ReadAsync(db => db.Updates.Where(update => update.Id == hidden)
            .ExecuteUpdateAsync(set => set.SetProperty(update => update.Status, UpdateStatus.Inactive)));
        Assert.Empty(await service.UpdatesAsync(incident));
        foreach (var update in new[] { deleted, hidden })
            foreach (var method in new[] { "GET", "PATCH", "DELETE" })
                (await service.SendAsync(method, $"{Path(incident)}/{update}", method == "PATCH" ? "{}" : null))
                    .ExpectRefusal(HttpStatusCode.NotFound, $"Comment with id '{update}' not found for incident '{incident}'");
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_update_of_another_incident_or_of_none_is_rejected(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var incident = await service.CreateAsync();
        var other = await service.PostAsync(await service.CreateAsync(), "MONITORING");
        foreach (var id in new[] { $"{other}", "0", "-1", "99999999999999999999999" })
            foreach (var method in new[] { "GET", "PATCH", "DELETE" })
                (await service.SendAsync(method, $"{Path(incident)}/{id}", method == "PATCH" ? "not json" : null))
                    .ExpectRefusal(HttpStatusCode.NotFound, $"Comment with id '{id}' not found for incident '{incident}'");
        foreach (var id in new[] { "abc", "1.5", "-", "1e3", "%F0%9F%98%80" })
            (await service.SendAsync("GET", $"{Path(incident)}/{id}")).ExpectRefusal(HttpStatusCode.BadRequest, "Comment ID must be a valid integer");
    }
}
