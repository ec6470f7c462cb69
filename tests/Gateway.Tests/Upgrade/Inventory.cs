using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.TestKit;

namespace Kener.Gateway.Tests.Upgrade;

/// <summary>Stores an example of everything that Kener stores, and reads it through the API.</summary>
internal static class Inventory
{
    private const string Key = "api_key";
    private static readonly long Now = Dump.MadeAt.ToUnixTimeSeconds();

    private static readonly (string Path, string Body)[] Monitors =
    [
        ("/api/v4/monitors", """
            {"tag":"web","name":"Website","description":"The shop","monitor_type":"API","cron":"*/5 * * * *","category_name":"Shop","confirmation_threshold":2,
             "type_data":{"url":"https://example.com/","headers":[{"key":"Authorization","value":"Bearer secret"}],"eval":"(x) => x"}}
            """),
        ("/api/v4/monitors", """{"tag":"ports","name":"Ports","monitor_type":"TCP","cron":"* * * * *","status":"INACTIVE","type_data":{"hosts":[{"host":"example.com","port":443}]}}"""),
        ("/api/v4/monitors", """{"tag":"manual","name":"By hand","monitor_type":"NONE","type_data":{"overrideWithLastKnownStatus":true}}"""),
        ("/api/v4/monitors", """{"tag":"job","name":"Nightly job","monitor_type":"HEARTBEAT","cron":"* * * * *","type_data":{"secretString":"chosen"}}"""),
        ("/api/v4/monitors", """
            {"tag":"all","name":"Everything","monitor_type":"GROUP","cron":"* * * * *","is_hidden":"YES",
             "type_data":{"monitors":[{"tag":"web","weight":0.5},{"tag":"manual","weight":0.5}]}}
            """),
        ("/api/v4/monitors", """{"tag":"gone","name":"Gone","monitor_type":"NONE"}"""),
    ];

    private static readonly (string Method, string Path, string Body)[] Rest =
    [
        ("DELETE", "/api/v4/monitors/gone", ""),
        ("PATCH", $"/api/v4/monitors/web/data/{Now - 7_200}", """{"status":"DEGRADED","latency":12.5}"""),
        ("PATCH", "/api/v4/monitors/manual/data", $$"""{"start_ts":{{Now - 14_400}},"end_ts":{{Now - 10_800}},"status":"DOWN","latency":7,"deviation":0}"""),
        ("PATCH", $"/api/v4/monitors/manual/data/{Now - 600}", """{"status":"UP","latency":3}"""),
        ("GET", "/ext/heartbeat/job/chosen", ""),
        ("PATCH", "/api/v4/site/siteName", """{"value":"Example Status"}"""),
        ("PATCH", "/api/v4/site/timeZone", """{"value":"Europe/Berlin"}"""),
        ("POST", "/api/v4/pages", """{"page_path":"europe","page_title":"Europe","page_header":"Our servers in Europe","monitors":["web","manual"]}"""),
    ];

    /// <summary>Stores all examples and returns when every service has them.</summary>
    public static async Task FillAsync(ModuleHost kener)
    {
        using var api = kener.Client();
        foreach (var (path, body) in Monitors) await SendAsync(api, "POST", path, body);
        // An agent requests its assignment, with the types that it supports, before it reports.
        await SendAsync(api, "GET", "/api/agent/v1/assignment?agent=one&types=API,TCP", "");
        var web = (await SendAsync(api, "GET", "/api/v4/monitors/web", ""))["monitor"]!["id"]!.GetValue<long>();
        await SendAsync(api, "POST", "/api/agent/v1/results", JsonSerializer.Serialize(new CheckReport("one", [.. Enumerable.Range(0, 288).Select(i => Result(web, i))]), AgentJson.Default.CheckReport));
        foreach (var (method, path, body) in Rest) await SendAsync(api, method, path, body);
        await FillIncidentsAsync(api);
        await FillKeysAsync(api);
        await SeesAsync(kener, "/", "Example Status", "Website", "By hand", "Nightly job", "Checkout fails", "Payments work again", "A planned change of the network");
        await SeesAsync(kener, "/europe", "Our servers in Europe", "Website");
        await Eventually.TrueAsync(async () => (await SendAsync(api, "GET", "/api/v4/monitors/web", ""))["monitor"]!["no_data_reason"] is null);
    }

    /// <summary>Returns the responses of the API for all examples, by path.</summary>
    public static async Task<JsonObject> ReadAsync(ModuleHost kener)
    {
        using var api = kener.Client();
        var answers = new JsonObject();
        async Task<JsonNode> ReadOneAsync(string path) => (answers[path] = await SendAsync(api, "GET", path, ""))!;
        foreach (var incident in (await ReadOneAsync("/api/v4/incidents"))["incidents"]!.AsArray())
        {
            await ReadOneAsync($"/api/v4/incidents/{incident!["id"]}");
            await ReadOneAsync($"/api/v4/incidents/{incident["id"]}/comments");
        }
        foreach (var monitor in (await ReadOneAsync("/api/v4/monitors"))["monitors"]!.AsArray()) await ReadOneAsync($"/api/v4/monitors/{monitor!["tag"]}");
        foreach (var (tag, hours) in new[] { ("web", 24), ("manual", 4) })
            await ReadOneAsync($"/api/v4/monitors/{tag}/data?start_ts={Now - (hours * 3_600)}&end_ts={Now - 300}");
        foreach (var page in (await ReadOneAsync("/api/v4/pages"))["pages"]!.AsArray())
            if (page!["page_path"]!.ToString() is { Length: > 0 } path and not "/") await ReadOneAsync($"/api/v4/pages/{path}");
        await ReadOneAsync("/api/v4/site");
        await ReadOneAsync("/api/v5/api-keys");
        return answers;
    }

    /// <summary>Waits until the page contains these texts.</summary>
    public static Task SeesAsync(ModuleHost kener, string path, params string[] words) => Eventually.GetAsync(async () =>
    {
        using var answer = await kener.Anonymous.GetAsync(path, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }, html => words.All(word => html.Contains(word, StringComparison.Ordinal)));

    public static async Task<JsonNode> SendAsync(HttpClient api, string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await api.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    private static async Task FillIncidentsAsync(HttpClient api)
    {
        var shop = await OpenAsync(api, $$"""{"title":"Checkout fails","start_date_time":{{Now - 7_200}},"monitors":[{"monitor_tag":"web","impact":"DOWN"},{"monitor_tag":"manual","impact":"UP"}]}""");
        var first = await PostAsync(api, shop, "INVESTIGATING", "We look into it", Now - 7_100);
        await PostAsync(api, shop, "IDENTIFIED", "A **certificate** has expired", Now - 6_000);
        var wrong = await PostAsync(api, shop, "MONITORING", "Posted by mistake", Now - 5_000);
        await PostAsync(api, shop, "RESOLVED", "Payments work again", Now - 3_600);
        await SendAsync(api, "PATCH", $"/api/v4/incidents/{shop}/comments/{first}", """{"comment":"We are investigating"}""");
        await SendAsync(api, "DELETE", $"/api/v4/incidents/{shop}/comments/{wrong}", "");
        await OpenAsync(api, $$"""{"title":"A planned change of the network","start_date_time":{{Now - 60}},"is_global":"YES"}""");
        await SendAsync(api, "DELETE", $"/api/v4/incidents/{await OpenAsync(api, $$"""{"title":"Deleted","start_date_time":{{Now - 90_000}}}""")}", "");
    }

    private static async Task FillKeysAsync(HttpClient api)
    {
        await SendAsync(api, "POST", "/api/v5/api-keys", $$"""{"name":"deploy","permissions":["incidents.read","incidents.write"],"expires_at":{{Now + 86_400_000}}}""");
        var old = (await SendAsync(api, "POST", "/api/v5/api-keys", """{"name":"old","permissions":["monitors.read"]}"""))[Key]!["id"];
        await SendAsync(api, "PATCH", $"/api/v5/api-keys/{old}", """{"status":"INACTIVE"}""");
    }

    private static async Task<long> OpenAsync(HttpClient api, string body) => (await SendAsync(api, "POST", "/api/v4/incidents", body))["incident"]!["id"]!.GetValue<long>();

    private static async Task<long> PostAsync(HttpClient api, long incident, string state, string comment, long timestamp) =>
        (await SendAsync(api, "POST", $"/api/v4/incidents/{incident}/comments", JsonSerializer.Serialize(new { state, comment, timestamp })))["comment"]!["id"]!.GetValue<long>();

    /// <summary>Returns result i of a day with a result every five minutes, some of them DOWN.</summary>
    private static CheckResult Result(long monitor, int i) => i is >= 100 and < 110
        ? new(monitor, Now - 86_400 + (i * 300), "DOWN", 5_000, "ERROR", "Connection refused") : new(monitor, Now - 86_400 + (i * 300), "UP", 20 + (i % 7), "REALTIME");
}
