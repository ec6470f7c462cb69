using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Tests;

/// <summary>/api/v4/incidents (Behavior: API-6 to API-9).</summary>
public sealed partial class IncidentApiTests(Hosts hosts) : IClassFixture<Hosts>
{
    private const string Path = "/api/v4/incidents";

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_new_incident_is_returned_with_all_fields_in_order(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var (tag, _) = await service.MonitorAsync();
        var made = (await service.SendAsync("POST", Path, new
        {
            title = "  Čekárna é 😀 ",
            start_date_time = 1_700_000_059.9,
            end_date_time = 1_700_003_650,
            monitors = new[] { new { monitor_tag = tag, impact = "DEGRADED" } },
        })).Expect(HttpStatusCode.Created).GetProperty("incident");

        var id = made.GetProperty("id").GetInt64();
        Assert.Equal(
            ["id", "title", "start_date_time", "end_date_time", "state", "incident_type", "incident_source", "monitors", "created_at", "updated_at", "url", "is_global"],
            made.EnumerateObject().Select(field => field.Name));
        Assert.Equal("Čekárna é 😀", made.GetProperty("title").GetString());
        Assert.Equal(1_700_000_040, made.GetProperty("start_date_time").GetInt64());
        Assert.Equal(1_700_003_640, made.GetProperty("end_date_time").GetInt64());
        Assert.Equal("INVESTIGATING", made.GetProperty("state").GetString());
        Assert.Equal("INCIDENT", made.GetProperty("incident_type").GetString());
        Assert.Equal("API", made.GetProperty("incident_source").GetString());
        Assert.Equal("YES", made.GetProperty("is_global").GetString());
        Assert.Equal($$"""[{"monitor_tag":"{{tag}}","impact":"DEGRADED"}]""", made.GetProperty("monitors").ToString());
        Assert.Equal($"https://status.example.com/incidents/{id}", made.GetProperty("url").GetString());
        Assert.Matches(IsoTime(), made.GetProperty("created_at").GetString());
        Assert.Equal(made.GetProperty("created_at").GetString(), made.GetProperty("updated_at").GetString());
        Assert.Equal(made.ToString(), (await service.IncidentAsync(id)).ToString());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_end_is_null_while_open_and_an_unknown_field_is_ignored(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var id = await service.CreateAsync(new { title = "t", start_date_time = 0, end_date_time = (long?)null, state = "RESOLVED", incident_source = "ALERT" });
        var incident = await service.IncidentAsync(id);
        Assert.Equal(JsonValueKind.Null, incident.GetProperty("end_date_time").ValueKind);
        Assert.Equal("INVESTIGATING", incident.GetProperty("state").GetString());
        Assert.Equal("API", incident.GetProperty("incident_source").GetString());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Monitors_keep_their_order_and_the_last_impact_of_a_repeated_one_wins(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var (first, _) = await service.MonitorAsync();
        var (second, _) = await service.MonitorAsync();
        var id = await service.CreateAsync(new
        {
            title = "t",
            start_date_time = 60,
            monitors = new object[]
            {
                new { monitor_tag = second, impact = "DOWN" }, new { monitor_tag = first }, new { monitor_tag = second, impact = "MAINTENANCE" },
            },
        });
        Assert.Equal(
            $$"""[{"monitor_tag":"{{second}}","impact":"MAINTENANCE"},{"monitor_tag":"{{first}}","impact":"DOWN"}]""",
            (await service.IncidentAsync(id)).GetProperty("monitors").ToString());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_edit_changes_only_the_fields_that_were_sent(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var (one, _) = await service.MonitorAsync();
        var (two, _) = await service.MonitorAsync();
        var id = await service.CreateAsync(new { title = "t", start_date_time = 600, is_global = "NO", monitors = new[] { new { monitor_tag = one } } });

        async Task<JsonElement> Edit(string json) =>
            (await service.SendAsync("PATCH", $"{Path}/{id}", json)).Expect(HttpStatusCode.OK).GetProperty("incident");
        Assert.Equal(660, (await Edit("""{"end_date_time":719}""")).GetProperty("end_date_time").GetInt64());
        Assert.Equal(JsonValueKind.Null, (await Edit("""{"end_date_time":null}""")).GetProperty("end_date_time").ValueKind);
        Assert.Equal("new", (await Edit("""{"title":" new "}""")).GetProperty("title").GetString());
        Assert.Equal("YES", (await Edit("""{"is_global":"YES"}""")).GetProperty("is_global").GetString());
        Assert.Equal(
            $$"""[{"monitor_tag":"{{two}}","impact":"DEGRADED"},{"monitor_tag":"{{one}}","impact":"DOWN"}]""",
            (await Edit($$"""{"monitors":[{"monitor_tag":"{{two}}","impact":"DEGRADED"},{"monitor_tag":"{{one}}"}]}""")).GetProperty("monitors").ToString());
        Assert.Equal("[]", (await Edit("""{"monitors":[]}""")).GetProperty("monitors").ToString());
        var last = await Edit("""{"start_date_time":61}""");
        Assert.Equal((60, "new"), (last.GetProperty("start_date_time").GetInt64(), last.GetProperty("title").GetString()));
        Assert.Equal(last.ToString(), (await service.IncidentAsync(id)).ToString());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_deleted_incident_is_404_with_its_comments_and_its_id_is_not_used_again(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var id = await service.CreateAsync();
        var update = await service.PostAsync(id, "MONITORING");
        var deleted = (await service.SendAsync("DELETE", $"{Path}/{id}")).Expect(HttpStatusCode.OK);
        Assert.Equal($$"""{"message":"Incident with id '{{id}}' deleted successfully"}""", deleted.ToString().Replace("\\u0027", "'", StringComparison.Ordinal));
        foreach (var (method, path) in new[] { ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/comments"), ("POST", "/comments"), ("GET", $"/comments/{update}") })
            (await service.SendAsync(method, $"{Path}/{id}{path}")).ExpectRefusal(HttpStatusCode.NotFound, $"Incident with id '{id}' not found");
        Assert.True(await service.CreateAsync() > id);
        Assert.Equal(0, await service.ReadAsync(db => db.Updates.CountAsync(row => row.IncidentId == id)));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_list_is_ordered_by_id_newest_first_and_filters_by_start_and_tags(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var (one, _) = await service.MonitorAsync();
        var (two, _) = await service.MonitorAsync();
        var early = await service.CreateAsync(new { title = "a", start_date_time = 6_000, monitors = new[] { new { monitor_tag = one }, new { monitor_tag = two } } });
        var late = await service.CreateAsync(new { title = "b", start_date_time = 6_120, monitors = new[] { new { monitor_tag = two } } });
        var bare = await service.CreateAsync(new { title = "c", start_date_time = 6_060 });

        async Task<long[]> List(string query)
        {
            var incidents = (await service.SendAsync("GET", $"{Path}?{query}")).Expect(HttpStatusCode.OK).GetProperty("incidents").EnumerateArray().ToArray();
            Assert.All(incidents, incident => Assert.False(incident.TryGetProperty("incident_type", out _)));
            return [.. incidents.Select(incident => incident.GetProperty("id").GetInt64())];
        }
        Assert.Equal([bare, late, early], await List("start_ts=6000&end_ts=6120"));
        Assert.Equal([bare, late], await List("start_ts=6001&end_ts=6120"));
        Assert.Equal([bare, early], await List("start_ts=6000&end_ts=6119"));
        Assert.Equal([late, early], await List($"monitor_tags={two}"));
        Assert.Equal([late, early], await List($"monitor_tags= {one} ,{two},nobody"));
        Assert.Equal([early], await List($"monitor_tags={one}&start_ts=soon&end_ts=99999999999999999999"));
        Assert.Empty(await List("monitor_tags=nobody"));
        Assert.Empty(await List("monitor_tags=%00x"));
        Assert.Equal([bare, late, early], (await List("monitor_tags=,")).Take(3));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_list_has_at_most_a_thousand_incidents_and_the_tag_filter_is_applied_before(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        var (tag, _) = await service.MonitorAsync();
        var tagged = await service.CreateAsync(new { title = "oldest", start_date_time = 60, monitors = new[] { new { monitor_tag = tag } } });
        await service.SeedAsync(1_000);

        async Task<long[]> List(string query) => [.. (await service.SendAsync("GET", Path + query)).Expect(HttpStatusCode.OK)
            .GetProperty("incidents").EnumerateArray().Select(incident => incident.GetProperty("id").GetInt64())];
        var all = await List("");
        Assert.Equal(1_000, all.Length);
        Assert.DoesNotContain(tagged, all);
        Assert.Equal([tagged], await List($"?monitor_tags={tag}"));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Unknown_and_invalid_ids_are_not_found(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        foreach (var id in new[] { "abc", "0", "-1", "1.5", "99999999999999999999999", "9223372036854775807", "1e3", "+1" })
        {
            (await service.SendAsync("GET", $"{Path}/{id}")).ExpectRefusal(HttpStatusCode.NotFound, $"Incident with id '{id}' not found");
            // The incident is looked up before the body is read.
            (await service.SendAsync("PATCH", $"{Path}/{id}", "not json")).ExpectRefusal(HttpStatusCode.NotFound, $"Incident with id '{id}' not found");
            (await service.SendAsync("POST", $"{Path}/{id}/comments", "not json")).ExpectRefusal(HttpStatusCode.NotFound, $"Incident with id '{id}' not found");
        }
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Reading_and_writing_need_their_permissions(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var id = await service.CreateAsync();
        var update = await service.PostAsync(id, "MONITORING");
        using var reader = service.Host.Client(Permissions.IncidentsRead, Permissions.MonitorsWrite);
        using var writer = service.Host.Client(Permissions.IncidentsWrite);
        foreach (var path in new[] { Path, $"{Path}/{id}", $"{Path}/{id}/comments", $"{Path}/{id}/comments/{update}" })
        {
            (await service.SendAsync("GET", path, by: reader)).Expect(HttpStatusCode.OK);
            (await service.SendAsync("GET", path, by: writer)).Expect(HttpStatusCode.Forbidden);
            (await service.SendAsync("GET", path, by: service.Host.Anonymous)).Expect(HttpStatusCode.Unauthorized);
        }
        foreach (var (method, path) in new[]
        {
            ("POST", Path), ("PATCH", $"{Path}/{id}"), ("DELETE", $"{Path}/{id}"),
            ("POST", $"{Path}/{id}/comments"), ("PATCH", $"{Path}/{id}/comments/{update}"), ("DELETE", $"{Path}/{id}/comments/{update}"),
        })
        {
            (await service.SendAsync(method, path, "{}", reader)).Expect(HttpStatusCode.Forbidden);
            (await service.SendAsync(method, path, "{}", service.Host.Anonymous)).Expect(HttpStatusCode.Unauthorized);
        }
        Assert.Equal("MONITORING", (await service.IncidentAsync(id)).GetProperty("state").GetString());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_unknown_route_or_method_is_404_or_405_in_the_error_format(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var id = await service.CreateAsync();
        foreach (var (method, path) in new[]
        {
            ("PUT", Path), ("DELETE", Path), ("POST", $"{Path}/{id}"), ("PUT", $"{Path}/{id}"), ("PUT", $"{Path}/{id}/comments"),
            ("POST", $"{Path}/{id}/comments/1"), ("GET", $"{Path}/{id}/nothing"),
        })
        {
            var refusal = (await service.SendAsync(method, path, "{}")).Expect(method == "GET" ? HttpStatusCode.NotFound : HttpStatusCode.MethodNotAllowed);
            Assert.Equal(method == "GET" ? "NOT_FOUND" : "METHOD_NOT_ALLOWED", refusal.GetProperty("error").GetProperty("code").GetString());
        }
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
    private static partial Regex IsoTime();
}
