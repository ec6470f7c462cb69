using System.Net;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Tests;

/// <summary>/api/v4/pages with its exact answers and messages.</summary>
public sealed class PageApiTests
{
    private const string New = """{"page_path":"Eu Rope!","page_title":" Europe ","page_header":"Servers"}""";

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_home_page_exists_from_the_start_and_shows_every_visible_monitor(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.TellAsync(Given.Monitor(2) with { Hidden = true });
        var (status, body) = await service.AskAsync("GET", "/api/v4/pages/~home");
        Assert.Equal(200, status);
        var page = body["page"]!;
        Assert.Equal(
            ("~home", "Home", "Service Status", "Real-time status of our services"),
            (Text(page, "page_path"), Text(page, "page_title"), Text(page, "page_header"), Text(page, "page_subheader")));
        Assert.True(page.AsObject().TryGetPropertyValue("page_logo", out var logo) && logo is null);
        Assert.Equal("""[{"monitor_tag":"m1","position":0}]""", page["monitors"]!.ToJsonString());
        Assert.Equal(
            """{"incidents":{"enabled":true,"ongoing":{"show":true},"resolved":{"show":true,"max_count":5,"days_in_past":7}},"include_maintenances":{"enabled":true,"ongoing":{"show":true,"past":{"show":true,"max_count":5,"days_in_past":7},"upcoming":{"show":true,"max_count":5,"days_in_future":30}}},"monitor_status_history_days":{"desktop":90,"mobile":30},"monitor_layout_style":"default-list"}""",
            page["page_settings"]!.ToJsonString());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", Text(page, "created_at"));
        Assert.Equal(page.ToJsonString(), (await service.AskAsync("GET", "/api/v4/pages")).Body["pages"]![0]!.ToJsonString());
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Creating_changing_moving_and_deleting_a_page_takes_effect_at_once(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.TellAsync(Given.Monitor(2) with { Name = "Second" });
        var (status, body) = await service.AskAsync("POST", "/api/v4/pages", """
            {"page_path":" Eu Rope! ","page_title":"Europe","page_header":"Servers","monitors":["m2","m1","m2"],
             "page_settings":{"monitor_layout_style":"compact-list","own":{"x":1}}}
            """);
        Assert.Equal((201, "eu-rope"), (status, Text(body["page"]!, "page_path")));
        Assert.Equal("""[{"monitor_tag":"m2","position":0},{"monitor_tag":"m1","position":1}]""", body["page"]!["monitors"]!.ToJsonString());
        Assert.Contains("Second", (await service.GetAsync("/eu-rope")).Body, StringComparison.Ordinal);
        Assert.Equal(["m2", "m1"], (await service.ViewAsync(path: "/eu-rope")).Monitors.Select(row => row.Tag));

        (status, body) = await service.AskAsync("PATCH", "/api/v4/pages/eu-rope", """
            {"page_path":"Asia","monitors":["m1"],"page_settings":{"incidents":{"resolved":{"max_count":2}},"monitor_status_history_days":{"desktop":7}},"x":1}
            """);
        Assert.Equal((200, "asia", "Europe"), (status, Text(body["page"]!, "page_path"), Text(body["page"]!, "page_title")));
        var settings = body["page"]!["page_settings"]!;
        Assert.Equal(
            (2, 7, 7, 30, "compact-list", 1),
            (settings["incidents"]!["resolved"]!["max_count"]!.GetValue<int>(), settings["incidents"]!["resolved"]!["days_in_past"]!.GetValue<int>(),
                settings["monitor_status_history_days"]!["desktop"]!.GetValue<int>(), settings["monitor_status_history_days"]!["mobile"]!.GetValue<int>(),
                Text(settings, "monitor_layout_style"), settings["own"]!["x"]!.GetValue<int>()));
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync("/eu-rope")).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/asia")).Status);
        Assert.Equal(7, (await service.ViewAsync(path: "/asia")).Monitors.Single().Days.Count);

        Assert.Equal((200, "Page 'asia' deleted successfully"), Message(await service.AskAsync("DELETE", "/api/v4/pages/asia")));
        Assert.Equal(HttpStatusCode.NotFound, (await service.GetAsync("/asia")).Status);
        Assert.Equal((404, "Page with path 'asia' not found"), Error(await service.AskAsync("GET", "/api/v4/pages/asia")));
        Assert.Equal(
            ["page.created", "page.changed", "page.deleted"],
            await service.ReadAsync(db => db.Audit.OrderBy(row => row.Id).Select(row => row.Action).ToListAsync()));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_deleted_monitor_leaves_the_pages_and_a_recreated_one_does_not_return_to_them(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.TellAsync(Given.Monitor(2));
        await service.AskAsync("PATCH", "/api/v4/pages/~home", """{"monitors":["m1","m2"]}""");
        await service.TellAsync(new MonitorChanged { Id = 1, Version = 2, Deleted = true, Tag = "m1" });
        await service.TellAsync(Given.Monitor(3) with { Tag = "m1" });
        Assert.Equal("""[{"monitor_tag":"m2","position":0}]""", (await service.AskAsync("GET", "/api/v4/pages/~home")).Body["page"]!["monitors"]!.ToJsonString());
        Assert.Equal(["m2"], (await service.ViewAsync()).Monitors.Select(row => row.Tag));
        await service.AskAsync("PATCH", "/api/v4/pages/~home", """{"monitors":null}""");
        Assert.Equal(["m2", "m1"], (await service.ViewAsync()).Monitors.Select(row => row.Tag));
    }

    [Fact]
    public async Task A_request_waits_for_a_monitor_whose_event_arrives_a_moment_later()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var asked = service.AskAsync("POST", "/api/v4/pages", """{"page_path":"a","page_title":"A","page_header":"A","monitors":["m1"]}""");
        // The request waits on this clock, which stands still until the monitor is known.
        await Eventually.TrueAsync(() => Task.FromResult(service.Clock.Waits > 0));
        await service.TellAsync(Given.Monitor(1));
        await service.PassingAsync(asked);
        Assert.Equal(201, (await asked).Status);
    }

    [Theory]
    [InlineData("""{}""", "page_path is required and must be a string")]
    [InlineData("""{"page_path":5}""", "page_path is required and must be a string")]
    [InlineData("""{"page_path":"a"}""", "page_title is required and must be a non-empty string")]
    [InlineData("""{"page_path":"a","page_title":" ","page_header":"x"}""", "page_title is required and must be a non-empty string")]
    [InlineData("""{"page_path":"a","page_title":"x","page_header":5}""", "page_header is required and must be a non-empty string")]
    [InlineData("""{"page_path":"","page_title":"x","page_header":"x"}""", "Page with path '' already exists")]
    [InlineData("""{"page_path":"!","page_title":"x","page_header":"x"}""", "Page with path '' already exists")]
    [InlineData("""{"page_path":"API","page_title":"x","page_header":"x"}""", "page_path 'api' is reserved")]
    [InlineData("""{"page_path":"incidents","page_title":"x","page_header":"x"}""", "page_path 'incidents' is reserved")]
    [InlineData("""{"page_path":"a","page_title":"x","page_header":"x","monitors":"m1"}""", "monitors must be an array of monitor tags")]
    [InlineData("""{"page_path":"a","page_title":"x","page_header":"x","monitors":[null]}""", "monitors must be an array of monitor tags")]
    [InlineData("""{"page_path":"a","page_title":"x","page_header":"x","page_settings":5}""", "page_settings must be an object")]
    [InlineData("""[]""", "Invalid JSON body")]
    [InlineData("""null""", "Invalid JSON body")]
    [InlineData("""{"page_path":"a\u0000","page_title":"x","page_header":"x"}""", "Text must not contain the character U+0000")]
    public async Task An_invalid_page_is_rejected_with_the_messages_of_API_v4(string body, string message)
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        Assert.Equal((400, message), Error(await service.AskAsync("POST", "/api/v4/pages", body)));
        Assert.Equal(0, await service.ReadAsync(db => db.Audit.CountAsync()));
    }

    [Theory]
    [InlineData("""{"incidents":1}""", "incidents must be an object")]
    [InlineData("""{"incidents":{"enabled":1}}""", "incidents.enabled must be a boolean")]
    [InlineData("""{"incidents":{"ongoing":[]}}""", "incidents.ongoing must be an object")]
    [InlineData("""{"incidents":{"ongoing":{"show":"x"}}}""", "incidents.ongoing.show must be a boolean")]
    [InlineData("""{"incidents":{"resolved":null}}""", "incidents.resolved must be an object")]
    [InlineData("""{"incidents":{"resolved":{"max_count":-1}}}""", "incidents.resolved.max_count must be a non-negative integer")]
    [InlineData("""{"incidents":{"resolved":{"days_in_past":1.5}}}""", "incidents.resolved.days_in_past must be a non-negative integer")]
    [InlineData("""{"include_maintenances":"x"}""", "include_maintenances must be an object")]
    [InlineData("""{"include_maintenances":{"ongoing":1}}""", "include_maintenances.ongoing must be an object")]
    [InlineData("""{"include_maintenances":{"ongoing":{"past":1}}}""", "include_maintenances.ongoing.past must be an object")]
    [InlineData("""{"include_maintenances":{"ongoing":{"upcoming":{"days_in_future":"x"}}}}""", "include_maintenances.ongoing.upcoming.days_in_future must be a non-negative integer")]
    [InlineData("""{"monitor_layout_style":"x"}""", "monitor_layout_style must be one of: default-list, default-grid, compact-list, compact-grid")]
    [InlineData("""{"monitor_status_history_days":1}""", "monitor_status_history_days must be an object")]
    [InlineData("""{"monitor_status_history_days":{"desktop":0}}""", "monitor_status_history_days.desktop must be an integer between 1 and 365")]
    [InlineData("""{"monitor_status_history_days":{"mobile":366}}""", "monitor_status_history_days.mobile must be an integer between 1 and 365")]
    [InlineData("""{"meta_page_title":1}""", "meta_page_title must be a string")]
    public async Task Invalid_page_settings_are_rejected_with_the_messages_of_API_v4(string settings, string message)
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        Assert.Equal((400, message), Error(await service.AskAsync("PATCH", "/api/v4/pages/~home", $$"""{"page_settings":{{settings}}}""")));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_subheader_and_a_logo_that_are_not_set_are_null(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        Assert.Equal("null null", Both((await service.AskAsync("POST", "/api/v4/pages", New)).Body["page"]!));
        const string Set = """{"page_subheader":"s","page_logo":"/assets/images/l.png"}""", Clear = """{"page_subheader":null,"page_logo":null}""";
        Assert.Equal("""
            "s" "/assets/images/l.png"
            """, Both((await service.AskAsync("PATCH", "/api/v4/pages/eu-rope", Set)).Body["page"]!));
        Assert.Equal("null null", Both((await service.AskAsync("PATCH", "/api/v4/pages/eu-rope", Clear)).Body["page"]!));
        Assert.Equal("null null", Both((await service.AskAsync("GET", "/api/v4/pages")).Body["pages"]![1]!));

        static string Both(JsonNode page) => string.Join(' ', page.AsObject().Where(field => field.Key is "page_subheader" or "page_logo").Select(field => field.Value?.ToJsonString() ?? "null"));
    }

    [Theory]
    [InlineData("~home", """{"page_path":"x"}""", 400, "Home page path cannot be changed")]
    [InlineData("~home", """{"page_path":"~home"}""", 200, "")]
    [InlineData("~home", """{"page_path":5}""", 400, "page_path must be a string")]
    [InlineData("~home", """{"page_title":""}""", 400, "page_title must be a non-empty string")]
    [InlineData("~home", """{"page_header":null}""", 400, "page_header must be a non-empty string")]
    [InlineData("~home", """{"page_subheader":null,"page_logo":null}""", 200, "")]
    [InlineData("nothing", """{"page_path":5}""", 404, "Page with path 'nothing' not found")]
    [InlineData("eu-rope", """{"page_path":""}""", 400, "Page with path '' already exists")]
    [InlineData("eu-rope", """{"page_path":"live"}""", 400, "page_path 'live' is reserved")]
    [InlineData("eu-rope", """{"page_path":"EU ROPE"}""", 200, "")]
    [InlineData("eu-rope", """{"monitors":null}""", 400, "monitors must be an array of monitor tags")]
    public async Task An_edit_is_accepted_or_rejected_with_the_messages_of_API_v4(string path, string body, int status, string message)
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        Assert.Equal(201, (await service.AskAsync("POST", "/api/v4/pages", New)).Status);
        var answer = await service.AskAsync("PATCH", $"/api/v4/pages/{path}", body);
        if (status == 200) Assert.Equal(200, answer.Status);
        else Assert.Equal((status, message), Error(answer));
    }

    [Fact]
    public async Task The_home_page_cannot_be_deleted_and_a_path_is_unique()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        Assert.Equal((400, "Cannot delete the home page"), Error(await service.AskAsync("DELETE", "/api/v4/pages/~home")));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => service.AskAsync("POST", "/api/v4/pages", New)));
        Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers.Where(answer => answer.Status != 201), answer => Assert.Equal((400, "Page with path 'eu-rope' already exists"), Error(answer)));
    }

    [Fact]
    public async Task An_unknown_tag_is_rejected()
    {
        await using var service = await Service.StartAsync(DatabaseKind.PostgreSQL);
        var asked = service.AskAsync("PATCH", "/api/v4/pages/~home", """{"monitors":["nobody"]}""");
        await service.PassingAsync(asked);
        Assert.Equal((400, "Monitor with tag 'nobody' does not exist"), Error(await asked));
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static (int, string) Message((int Status, JsonNode Body) answer) => (answer.Status, answer.Body["message"]!.GetValue<string>());

    private static (int, string) Error((int Status, JsonNode Body) answer) => (answer.Status, answer.Body["error"]?["message"]?.GetValue<string>() ?? answer.Body.ToJsonString());
}
