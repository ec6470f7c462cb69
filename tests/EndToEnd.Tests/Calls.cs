using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>Calls of the API as an operator's script makes them.</summary>
internal static class Calls
{
    public static async Task<JsonNode> SendAsync(this HttpClient api, HttpMethod method, string path, object? body = null, int expect = 200)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await api.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        if ((int)answer.StatusCode != expect) throw new InvalidOperationException($"{method} {path} answered {(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    public static async Task CreateMonitorAsync(this HttpClient api, string tag, string? name = null) =>
        await api.SendAsync(HttpMethod.Post, "/api/v4/monitors", new { tag, name = name ?? tag, monitor_type = "NONE" }, 201);

    public static async Task RecordAsync(this HttpClient api, string tag, long at, string status, double latency = 0) =>
        await api.SendAsync(HttpMethod.Patch, $"/api/v4/monitors/{tag}/data/{at}", new { status, latency });

    /// <summary>
    /// Opens an incident. Its service waits half a second for the event of a monitor that was just created, then refuses; on a busy machine the event
    /// may take longer, so this tries again.
    /// </summary>
    public static async Task<long> OpenIncidentAsync(this HttpClient api, string title, long start, params (string Tag, string Impact)[] monitors)
    {
        var body = new { title, start_date_time = start, monitors = monitors.Select(link => new { monitor_tag = link.Tag, impact = link.Impact }) };
        var id = 0L;
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                id = (await api.SendAsync(HttpMethod.Post, "/api/v4/incidents", body, 201))["incident"]!["id"]!.GetValue<long>();
                return true;
            }
            catch (InvalidOperationException refused) when (refused.Message.Contains("Monitor with tag", StringComparison.Ordinal))
            {
                return false;
            }
        });
        return id;
    }

    public static async Task<long> PostUpdateAsync(this HttpClient api, long incident, string state, string comment, long? timestamp = null)
    {
        var body = new Dictionary<string, object?> { ["state"] = state, ["comment"] = comment };
        if (timestamp is not null) body["timestamp"] = timestamp;
        var answer = await api.SendAsync(HttpMethod.Post, $"/api/v4/incidents/{incident}/comments", body, 201);
        return answer["comment"]!["id"]!.GetValue<long>();
    }

    public static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public static long Minute => Now / 60 * 60;

    /// <summary>
    /// Reads a page until <paramref name="holds"/> accepts it; fails after two minutes by default. How long it takes is measured by bench.
    /// </summary>
    public static async Task<string> SeesAsync(this HttpClient visitor, string path, Func<string, bool> holds, double seconds = 120)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(seconds);
        while (true)
        {
            using var answer = await visitor.GetAsync(path);
            var html = await answer.Content.ReadAsStringAsync();
            if (holds(html)) return html;
            if (DateTimeOffset.UtcNow > deadline) throw new TimeoutException($"{path} does not show what was expected after {seconds} s ({(int)answer.StatusCode}):\n{html}");
            // Often enough, and seldom enough to leave the processor to Kener.
            await Task.Delay(25);
        }
    }
}
