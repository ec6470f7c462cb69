using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Kener.EndToEnd.Tests;

/// <summary>Bad input is answered with a 4xx in the API's error shape, never with a 500, and changes nothing.</summary>
[Collection(Hostings.Shared)]
public sealed class BadInputTests(Hostings hostings)
{
    [Theory]
    [MemberData(nameof(Hostings.Both), MemberType = typeof(Hostings))]
    public async Task Malformed_input_is_rejected_in_the_error_shape_and_changes_nothing(Hosting hosting)
    {
        await using var kener = await hostings.EmptyAsync(hosting);
        await kener.Api.CreateMonitorAsync("web");
        await kener.Api.RecordAsync("web", Calls.Minute, "UP");
        var id = await kener.Api.OpenIncidentAsync("Known", Calls.Minute, ("web", "DOWN"));
        var update = await kener.Api.PostUpdateAsync(id, "IDENTIFIED", "Known");
        await kener.Visitor.SeesAsync("/", html => html.Contains("Identified"));
        var before = await FactsAsync(kener.Api, id);

        string[] writable =
        [
            "POST /api/v4/monitors", "PATCH /api/v4/monitors/web", "PATCH /api/v4/monitors/web/data", $"PATCH /api/v4/monitors/web/data/{Calls.Minute}",
            "POST /api/v4/incidents", $"PATCH /api/v4/incidents/{id}", $"POST /api/v4/incidents/{id}/comments", $"PATCH /api/v4/incidents/{id}/comments/{update}",
            "POST /api/v5/api-keys", "POST /api/agent/v1/results",
        ];
        string[] bodies =
        [
            "", "{", "null", "[]", "5", "\"text\"", "{\"a\":}", new string('[', 100_000), "\u0000", "{\"title\":5,\"name\":5,\"tag\":5,\"comment\":5,\"start_ts\":\"x\",\"status\":5}",
            "{\"tag\":\"n\\u0000\",\"name\":\"\\u0000\",\"title\":\"\\u0000\",\"comment\":\"\\u0000\",\"status\":\"\\u0000\"}",
            "{\"tag\":\"\\ud800\",\"name\":\"\\ud800\",\"title\":\"\\ud800\",\"comment\":\"\\ud800\",\"status\":\"\\ud800\"}",
            "{\"tag\":\"x\",\"name\":[],\"title\":\"t\",\"start_date_time\":1e300,\"comment\":\"c\",\"state\":\"NOPE\",\"start_ts\":1e300,\"end_ts\":1e308,\"status\":\"UP\",\"latency\":-1}",
            "{\"title\":\"t\",\"start_date_time\":1,\"name\":\"\",\"monitors\":[null],\"comment\":\"\",\"status\":\"X\"}",
            "{\"title\":\"t\",\"start_date_time\":1,\"name\":\" \",\"monitors\":[{\"monitor_tag\":\"unknown\"}],\"comment\":\" \",\"state\":\"RESOLVED\",\"status\":\"X\"}",
        ];
        foreach (var route in writable)
        {
            var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
            foreach (var body in bodies) await RefusedAsync(kener.Api, method, path, body);
        }
        Assert.Equal(before, await FactsAsync(kener.Api, id));
    }

    public static MatrixTheoryData<Hosting, string> Wrong { get; } = new(Enum.GetValues<Hosting>(),
    [
        "GET /api/v4/incidents/abc 404",
        "GET /api/v4/incidents/0 404",
        "GET /api/v4/incidents/99999999999999999999 404",
        "GET /api/v4/incidents/7777777 404",
        "DELETE /api/v4/incidents/7777777 404",
        "GET /api/v4/incidents/7777777/comments 404",
        "GET /api/v4/monitors/unknown 404",
        "GET /api/v4/monitors/unknown/data 404",
        "GET /api/agent/v1/assignment 400",
        "GET /api/v4/nothing 404",
        "GET /api/nothing 404",
        "PUT /api/v4/incidents 405",
        "DELETE /api/v4/monitors 405",
    ]);

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Unknown_paths_and_wrong_methods_are_answered_in_the_error_shape(Hosting hosting, string request)
    {
        var kener = await hostings.SharedAsync(hosting);
        var (method, path, status) = (request.Split(' ')[0], request.Split(' ')[1], request.Split(' ')[2]);
        Assert.Equal(status, $"{await RefusedAsync(kener.Api, method, path, null)}");
    }

    [Theory]
    [MemberData(nameof(Hostings.Both), MemberType = typeof(Hostings))]
    public async Task Without_a_valid_key_every_API_path_is_401(Hosting hosting)
    {
        var kener = await hostings.SharedAsync(hosting);
        foreach (var path in new[] { "/api/v4/incidents", "/api/v4/monitors", "/api/v4/nothing", "/api/v5/api-keys", "/api" })
        {
            Assert.Equal(401, await RefusedAsync(kener.Visitor, "GET", path, null));
            using var wrong = kener.Client(new string('x', 40));
            Assert.Equal(401, await RefusedAsync(wrong, "GET", path, null));
        }
    }

    [Theory]
    [MemberData(nameof(Hostings.Both), MemberType = typeof(Hostings))]
    public async Task A_body_over_one_mebibyte_is_413(Hosting hosting)
    {
        var kener = await hostings.SharedAsync(hosting);
        var body = $"{{\"title\":\"{new string('x', 1 << 20)}\",\"start_date_time\":1}}";
        Assert.Equal(413, await RefusedAsync(kener.Api, "POST", "/api/v4/incidents", body));
    }

    public static MatrixTheoryData<Hosting, string> NoPage { get; } = new(Enum.GetValues<Hosting>(),
        ["/incidents/7777777", "/incidents/abc", "/incidents/-1", "/incidents/99999999999999999999", "/nothing", "/incidents/1/2"]);

    [Theory]
    [MemberData(nameof(NoPage))]
    public async Task An_unknown_page_is_404(Hosting hosting, string path)
    {
        var kener = await hostings.SharedAsync(hosting);
        using var answer = await kener.Visitor.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static async Task<int> RefusedAsync(HttpClient client, string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "text/plain");
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        var what = $"{method} {path} {body?[..Math.Min(body.Length, 80)]} → {(int)answer.StatusCode} {text}";
        Assert.True((int)answer.StatusCode is >= 400 and < 500, what);
        var error = JsonNode.Parse(text)?["error"];
        Assert.True(error?["code"] is not null && error["message"] is not null, what);
        return (int)answer.StatusCode;
    }

    private static async Task<string> FactsAsync(HttpClient api, long incident)
    {
        var facts = new StringBuilder();
        foreach (var path in new[] { "/api/v4/monitors", "/api/v4/incidents", $"/api/v4/incidents/{incident}/comments", "/api/v5/api-keys", "/" })
            facts.Append(await api.GetStringAsync(path)).Append('\n');
        return TheClocks.Replace(facts.ToString(), "");
    }

    // While an incident is open, each minute changes the day's bar and the uptime.
    private static readonly Regex TheClocks = new("<svg.*?</svg>|[0-9.]+%", RegexOptions.Singleline);
}
