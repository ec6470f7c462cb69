using System.Net;
using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Tests;

/// <summary>/api/v4/monitors (Behavior: CHK-1, GRP-6).</summary>
public sealed class MonitorApiTests(MonitorsApps apps)
{
    private static readonly string[] AllFields =
    [
        "id", "tag", "name", "description", "image", "cron", "default_status", "status", "category_name", "monitor_type", "down_trigger",
        "degraded_trigger", "type_data", "day_degraded_minimum_count", "day_down_minimum_count", "include_degraded_in_downtime", "is_hidden",
        "monitor_settings_json", "external_url", "confirmation_threshold", "created_at", "updated_at",
    ];

    private static void AssertJson(string expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(JsonSerializer.Deserialize<JsonElement>(expected), actual), $"expected {expected}, got {actual}");

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_new_monitor_has_every_field_and_the_defaults(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var tag = MonitorsApp.NewTag();
        var made = await app.PostAsync("", $$"""{"tag":"{{tag}}","name":"  Web  ","unknown":1}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        var monitor = made.Monitor;
        Assert.Equal(AllFields, monitor.EnumerateObject().Select(field => field.Name));
        Assert.Equal("Web", monitor.GetProperty("name").GetString());
        foreach (var (field, value) in new[] { ("default_status", "UP"), ("status", "ACTIVE"), ("monitor_type", "API"), ("is_hidden", "NO"), ("include_degraded_in_downtime", "NO") })
            Assert.Equal(value, monitor.GetProperty(field).GetString());
        foreach (var field in new[] { "description", "image", "cron", "category_name", "external_url", "down_trigger" })
            Assert.Equal(JsonValueKind.Null, monitor.GetProperty(field).ValueKind);
        Assert.Equal(1, monitor.GetProperty("confirmation_threshold").GetInt32());
        AssertJson("{}", monitor.GetProperty("type_data"));
        AssertJson("""{"uptime_formula_numerator":"up + maintenance + degraded","uptime_formula_denominator":"up + down + degraded + maintenance"}""",
            monitor.GetProperty("monitor_settings_json"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", monitor.GetProperty("created_at").GetString());
        AssertJson(made.Body.GetRawText(), (await app.GetAsync("/" + tag)).Body);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_monitor_is_returned_as_it_was_sent(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var tag = MonitorsApp.NewTag();
        var sent = $$"""
            {"tag":"{{tag}}","name":"Été 🚀","description":"d","image":"/i.png","cron":"*/5 * * * *","default_status":"DEGRADED","status":"INACTIVE",
            "category_name":"Home","monitor_type":"TCP","type_data":{"hosts":[{"host":"h","port":1}],"eval":"(x) => x","n":1e400},
            "include_degraded_in_downtime":"YES","is_hidden":"YES","confirmation_threshold":60,"monitor_settings_json":{"a":null},"external_url":"https://x.y"}
            """;
        await app.PostAsync("", sent);
        var shown = (await app.GetAsync("/" + tag)).Monitor;
        foreach (var field in JsonSerializer.Deserialize<JsonElement>(sent).EnumerateObject())
            AssertJson(field.Value.GetRawText(), shown.GetProperty(field.Name));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task An_edit_changes_only_the_fields_that_were_sent(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync(""","description":"old","cron":"* * * * *","confirmation_threshold":5,"type_data":{"a":1}""");
        var edited = await app.PatchAsync("/" + tag,
            $$"""{"tag":"{{tag}}","description":null,"include_degraded_in_downtime":"YES","confirmation_threshold":null,"type_data":{"b":2},"is_hidden":"YES"}""");
        Assert.Equal(HttpStatusCode.OK, edited.Status);
        var monitor = edited.Monitor;
        Assert.Equal(JsonValueKind.Null, monitor.GetProperty("description").ValueKind);
        Assert.Equal(("* * * * *", "YES", 1, "YES"), (monitor.GetProperty("cron").GetString(), monitor.GetProperty("include_degraded_in_downtime").GetString(),
            monitor.GetProperty("confirmation_threshold").GetInt32(), monitor.GetProperty("is_hidden").GetString()));
        AssertJson("""{"a":1,"b":2}""", monitor.GetProperty("type_data"));
        AssertJson(edited.Body.GetRawText(), (await app.GetAsync("/" + tag)).Body);

        var refused = await app.PatchAsync("/" + tag, """{"tag":"another","name":"New"}""");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        AssertJson(edited.Body.GetRawText(), (await app.GetAsync("/" + tag)).Body);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task The_list_is_newest_first_and_filters_by_exact_values(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var category = MonitorsApp.NewTag();
        var (first, _) = await app.MonitorAsync($$""","category_name":"{{category}}" """);
        var (second, _) = await app.MonitorAsync($$""","category_name":"{{category}}","status":"INACTIVE","is_hidden":"YES" """);

        Assert.Equal([second, first], await TagsAsync($"?category_name={category}"));
        Assert.Equal([second], await TagsAsync($"?category_name={category}&status=INACTIVE"));
        Assert.Equal([first], await TagsAsync($"?category_name={category}&is_hidden=NO&monitor_type=NONE"));
        Assert.Empty(await TagsAsync($"?category_name={category}&status=nonsense"));
        Assert.Empty(await TagsAsync($"?category_name={category}&monitor_type=API"));
        Assert.Equal([second, first], (await TagsAsync("?category_name=All%20Categories&status=")).Where(tag => tag == first || tag == second));

        async Task<IEnumerable<string>> TagsAsync(string query) =>
            (await app.GetAsync(query)).Body.GetProperty("monitors").EnumerateArray().Select(monitor => monitor.GetProperty("tag").GetString()!);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Of_concurrent_requests_to_create_the_same_tag_one_succeeds(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var tag = MonitorsApp.NewTag();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => app.PostAsync("", $$"""{"tag":"{{tag}}","name":"x"}""")));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer =>
            Assert.Equal((HttpStatusCode.BadRequest, $"Monitor with tag '{tag}' already exists"), (answer.Status, answer.Message)));
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Of(tag).Count == 1));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Concurrent_edits_all_take_effect_and_each_has_its_own_version(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => app.PatchAsync("/" + tag, $$$"""{"type_data":{"k{{{i}}}":{{{i}}}}}""")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(10, (await app.GetAsync("/" + tag)).Monitor.GetProperty("type_data").EnumerateObject().Count());
        var heard = await Eventually.GetAsync(() => Task.FromResult(app.Heard.Of(tag)), changes => changes.Count == 11);
        Assert.Equal(11, heard.Select(changed => changed.Version).Distinct().Count());
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Deleting_a_monitor_deletes_its_results_and_overlays_and_frees_its_tag(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.MonitorAsync();
        await app.PatchAsync($"/{tag}/data/600", """{"status":"UP"}""");
        await app.Host.PublishAsync(new IncidentChanged { Id = id + 1_000_000, Version = 1, Start = 0, Monitors = [new IncidentLink(id, MonitorStatus.Down)] });

        var deleted = await app.DeleteAsync("/" + tag);
        Assert.Equal((HttpStatusCode.OK, $"Monitor '{tag}' deleted successfully"), (deleted.Status, deleted.Body.GetProperty("message").GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync("/" + tag)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await app.DeleteAsync("/" + tag)).Status);
        Assert.False(await app.WithDbAsync(db => db.Results.AnyAsync(row => row.MonitorId == id)));
        Assert.False(await app.WithDbAsync(db => db.Overlays.AnyAsync(row => row.MonitorId == id)));
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Of(tag).Any(changed => changed.Deleted && changed.Id == id)));

        var again = await app.PostAsync("", $$"""{"tag":"{{tag}}","name":"x"}""");
        Assert.True(again.Monitor.GetProperty("id").GetInt64() > id);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Every_change_is_in_the_audit_without_secrets(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.MonitorAsync(""","type_data":{"secretString":"hunter2"}""");
        await app.PatchAsync("/" + tag, """{"type_data":{"headers":[{"key":"X","value":"hunter2"}]}}""");
        await app.PatchAsync($"/{tag}/data/600", """{"status":"DOWN"}""");
        await app.PatchAsync($"/{tag}/data", """{"start_ts":0,"end_ts":60,"status":"UP","latency":1}""");
        await app.DeleteAsync("/" + tag);
        var audit = await app.WithDbAsync(db => db.Audit.Where(row => row.SubjectType == "monitor" && row.SubjectId == id).OrderBy(row => row.Id).ToListAsync());
        Assert.Equal(["monitor.created", "monitor.edited", "monitor.data.corrected", "monitor.data.corrected", "monitor.deleted"], audit.Select(row => row.Action));
        Assert.All(audit, row => Assert.Equal("key:1", row.Actor));
        Assert.DoesNotContain("hunter2", string.Concat(audit.Select(row => row.Detail)), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", JsonSerializer.Serialize(app.Heard.Of(tag)), StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Reading_and_writing_each_need_their_permission(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync();
        using var reader = app.Host.Client(Permissions.MonitorsRead, Permissions.IncidentsWrite);
        using var writer = app.Host.Client(Permissions.MonitorsWrite);
        string[] reads = ["", $"/{tag}", $"/{tag}/data?start_ts=0&end_ts=60", $"/{tag}/data/60"];
        (HttpMethod, string)[] writes =
            [(HttpMethod.Post, ""), (HttpMethod.Patch, $"/{tag}"), (HttpMethod.Patch, $"/{tag}/data"), (HttpMethod.Patch, $"/{tag}/data/60"), (HttpMethod.Delete, $"/{tag}")];
        foreach (var path in reads)
        {
            Assert.NotEqual(HttpStatusCode.Forbidden, await StatusAsync(reader, HttpMethod.Get, path));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(writer, HttpMethod.Get, path));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app.Host.Anonymous, HttpMethod.Get, path));
        }
        foreach (var (method, path) in writes)
        {
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(reader, method, path));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app.Host.Anonymous, method, path));
        }
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(writer, HttpMethod.Post, ""));

        static async Task<HttpStatusCode> StatusAsync(HttpClient client, HttpMethod method, string path)
        {
            using var request = new HttpRequestMessage(method, "/api/v4/monitors" + path) { Content = new StringContent("{}") };
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }
}
