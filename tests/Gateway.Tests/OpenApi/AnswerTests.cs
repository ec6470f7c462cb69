using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.ServiceDefaults.DeadLetters;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Gateway.Tests.OpenApi;

/// <summary>Compares the documents with the running API: each response and each accepted body matches the schema in its document.</summary>
public sealed class AnswerTests
{
    private const long Minute = 1_700_000_040;
    private static readonly Dictionary<string, CommittedDocument> Documents = new() { ["v4"] = new("v4"), ["v5"] = new("v5") };
    private static readonly string[] Tags = ["plain"], Reading = [Permissions.IncidentsRead], Services = ["accounts", "incidents", "monitors", "status"];
    private readonly HashSet<string> _called = [];

    [Fact]
    public async Task Responses_of_every_operation_match_the_documents()
    {
        var letter = new DeadLetterEntry(1, "other", "IncidentChanged", "incident/5", "It could not be read.", Minute);
        await using var api = await WholeApi.StartAsync(builder => builder.Services.AddSingleton(
            new DeadLetterBox("other", (_, _) => Task.FromResult(new DeadLetterList("other", 1, [letter])))));
        using var client = api.Host.Client(WholeApi.Key);
        await CallMonitorsAsync(client);
        await CallIncidentsAsync(client);
        await CallPagesAndSiteAsync(client);
        await CallAccountsAsync(api, client);
        await CallDeadLettersAsync(client);
        Assert.Equal(Documents.Values.SelectMany(document => document.Operations).Select(operation => operation.Id).Order(), _called.Order());
    }

    private async Task CallMonitorsAsync(HttpClient client)
    {
        foreach (var type in MonitorTypes.Descriptors)
        {
            var data = JsonNode.Parse(type.Sample);
            if (type.Name == MonitorTypes.Group) continue;
            await CallAsync(client, "POST", "/api/v4/monitors", new { tag = type.Name.ToLowerInvariant(), name = type.Name, monitor_type = type.Name, cron = "* * * * *", type_data = data }, 201);
        }
        await CallAsync(client, "POST", "/api/v4/monitors", new { tag = "plain", name = "Plain", monitor_type = "NONE", status = "ACTIVE", is_hidden = "NO" }, 201);
        await CallAsync(client, "POST", "/api/v4/monitors", new { tag = "plain", name = "Plain" }, 400);
        await CallAsync(client, "GET", "/api/v4/monitors?status=ACTIVE", null, 200);
        await CallAsync(client, "PATCH", "/api/v4/monitors/plain", new { description = "*Plain*", cron = (string?)null, confirmation_threshold = 2, monitor_settings_json = new { retention_days = 30 } }, 200);
        await CallAsync(client, "PATCH", "/api/v4/monitors/plain", new { cron = "never" }, 400);
        await CallAsync(client, "GET", "/api/v4/monitors/plain", null, 200);
        await CallAsync(client, "GET", "/api/v4/monitors/missing", null, 404);

        const string data0 = "/api/v4/monitors/plain/data";
        await CallAsync(client, "PATCH", data0, new { start_ts = Minute, end_ts = Minute + 600, status = "DOWN", latency = 12.5, deviation = 3 }, 200);
        await CallAsync(client, "GET", $"{data0}?start_ts={Minute}&end_ts={Minute + 600}", null, 200);
        await CallAsync(client, "GET", data0, null, 400);
        await CallAsync(client, "PATCH", $"{data0}/{Minute}", new { status = "UP", latency = 7 }, 200);
        await CallAsync(client, "GET", $"{data0}/{Minute}", null, 200);
        await CallAsync(client, "GET", $"{data0}/0", null, 404);
    }

    private async Task CallIncidentsAsync(HttpClient client)
    {
        object[] monitors = [new { monitor_tag = "plain", impact = "DOWN" }, new { monitor_tag = "api" }];
        var made = await CallAsync(client, "POST", "/api/v4/incidents", new { title = "Outage", start_date_time = Minute, is_global = "YES", monitors }, 201);
        var incident = $"/api/v4/incidents/{made["incident"]!["id"]}";
        await CallAsync(client, "GET", $"/api/v4/incidents?start_ts={Minute}&monitor_tags=plain", null, 200);
        await CallAsync(client, "GET", incident, null, 200);
        await CallAsync(client, "GET", "/api/v4/incidents/none", null, 404);
        await CallAsync(client, "PATCH", incident, new { title = "Long outage", end_date_time = Minute + 3_600 }, 200);
        await CallAsync(client, "PATCH", incident, new { title = "" }, 400);

        var posted = await CallAsync(client, "POST", incident + "/comments", new { comment = "We look into it.", state = "INVESTIGATING", timestamp = Minute }, 201);
        var comment = $"{incident}/comments/{posted["comment"]!["id"]}";
        await CallAsync(client, "GET", incident + "/comments", null, 200);
        await CallAsync(client, "GET", comment, null, 200);
        await CallAsync(client, "GET", incident + "/comments/none", null, 400);
        await CallAsync(client, "PATCH", comment, new { state = "RESOLVED" }, 200);
        await CallAsync(client, "DELETE", comment, null, 200);
        await CallAsync(client, "DELETE", comment, null, 404);
        await CallAsync(client, "DELETE", incident, null, 200);
    }

    private async Task CallPagesAndSiteAsync(HttpClient client)
    {
        var settings = new { monitor_layout_style = "compact-grid", monitor_status_history_days = new { desktop = 30, mobile = 7 }, incidents = new { enabled = true } };
        await CallAsync(client, "POST", "/api/v4/pages", new { page_path = "europe", page_title = "Europe", page_header = "Europe", page_settings = settings, monitors = Tags }, 201);
        await CallAsync(client, "GET", "/api/v4/pages", null, 200);
        await CallAsync(client, "GET", "/api/v4/pages/~home", null, 200);
        await CallAsync(client, "PATCH", "/api/v4/pages/europe", new { page_subheader = "All of it", page_logo = (string?)null, monitors = Array.Empty<string>() }, 200);
        await CallAsync(client, "PATCH", "/api/v4/pages/~home", new { monitors = (string[]?)null }, 200);
        await CallAsync(client, "PATCH", "/api/v4/pages/~home", new { page_path = "other" }, 400);
        await CallAsync(client, "DELETE", "/api/v4/pages/europe", null, 200);
        await CallAsync(client, "DELETE", "/api/v4/pages/europe", null, 404);

        var site = await CallAsync(client, "GET", "/api/v4/site", null, 200);
        foreach (var entry in site["site_data"]!.AsArray()) await CallAsync(client, "GET", $"/api/v4/site/{entry!["key"]}", null, 200);
        await CallAsync(client, "PATCH", "/api/v4/site/siteName", new { value = "Example" }, 200);
        await CallAsync(client, "PATCH", "/api/v4/site/nav", new { value = new[] { new { name = "Docs", url = "/docs" } } }, 200);
        await CallAsync(client, "PATCH", "/api/v4/site/nav", new { value = 1 }, 400);
        await CallAsync(client, "GET", "/api/v4/site/none", null, 404);
        await CallAsync(client, "DELETE", "/api/v4/monitors/plain", null, 200);
        await CallAsync(client, "DELETE", "/api/v4/monitors/plain", null, 404);
    }

    private async Task CallAccountsAsync(WholeApi api, HttpClient client)
    {
        var made = await CallAsync(client, "POST", "/api/v5/api-keys", new { name = "reader", permissions = Reading, expires_at = (long?)null }, 201);
        var key = $"/api/v5/api-keys/{made["api_key"]!["id"]}";
        using (var reader = api.Host.Client(made["api_key"]!["key"]!.GetValue<string>()))
        {
            await CallAsync(reader, "GET", "/api/v4/incidents", null, 200);
            await CallAsync(reader, "GET", "/api/v4/monitors", null, 403);
            await CallAsync(reader, "GET", "/api/v5/api-keys", null, 403);
        }
        using (var anonymous = api.Host.Client())
        {
            await CallAsync(anonymous, "GET", "/api/v4/incidents", null, 401);
            await CallAsync(anonymous, "GET", "/api/v5/api-keys", null, 401);
        }
        await CallAsync(client, "GET", "/api/v5/api-keys", null, 200);
        await CallAsync(client, "PATCH", key, new { name = "other", status = "INACTIVE" }, 200);
        await CallAsync(client, "PATCH", key, new { status = "GONE" }, 400);
        await CallAsync(client, "DELETE", key, null, 200);
        await CallAsync(client, "DELETE", key, null, 404);
    }

    private async Task CallDeadLettersAsync(HttpClient client)
    {
        await CallAsync(client, "GET", "/api/v5/dead-letters", null, 200);
        foreach (var service in Services)
        {
            await CallAsync(client, "GET", $"/api/v5/dead-letters/{service}", null, 200);
            await CallAsync(client, "POST", $"/api/v5/dead-letters/{service}/1/replay", null, 404);
            await CallAsync(client, "DELETE", $"/api/v5/dead-letters/{service}/1", null, 404);
        }
    }

    private async Task<JsonNode> CallAsync(HttpClient client, string method, string path, object? body, int expected)
    {
        var document = Documents[path.Split('/')[2]];
        var operation = document.Find(method, path) ?? throw new InvalidOperationException($"{method} {path} is not described");
        var check = new SchemaCheck(document);
        var json = body is null ? null : JsonSerializer.Serialize(body);
        if (json is not null && expected < 300)
        {
            Assert.Equal([], check.Faults(document.BodyOf(operation)!, JsonNode.Parse(json), $"{method} {path}, body"));
            await OmitRequiredAsync(client, method, path, json, document.BodyOf(operation)!);
        }
        var (status, answer) = await SendAsync(client, method, path, json);
        Assert.True(status == expected, $"{method} {path}: {status} {answer}");
        var schema = document.AnswerOf(operation, status);
        Assert.True(schema is not null, $"{method} {path}: {status} is not described");
        var node = JsonNode.Parse(answer)!;
        Assert.Equal([], check.Faults(schema, node, $"{method} {path}"));
        _called.Add(operation.Id);
        return node;
    }

    private static async Task OmitRequiredAsync(HttpClient client, string method, string path, string json, JsonObject schema)
    {
        foreach (var name in (schema["required"] as JsonArray ?? []).Select(name => name!.GetValue<string>()))
        {
            var less = JsonNode.Parse(json)!.AsObject();
            less.Remove(name);
            var (status, answer) = await SendAsync(client, method, path, less.ToJsonString());
            Assert.True(status == 400, string.Create(CultureInfo.InvariantCulture, $"{method} {path} without {name}: {status} {answer}"));
        }
    }

    private static async Task<(int Status, string Text)> SendAsync(HttpClient client, string method, string path, string? json)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        var answer = await client.AskAsync(request);
        return (answer.Code, answer.Text);
    }
}
