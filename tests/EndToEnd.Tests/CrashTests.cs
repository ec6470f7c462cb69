using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>After kill -9 at any moment, everything that was acknowledged is stored, once.</summary>
public sealed class CrashTests
{
    [Fact]
    public async Task Every_acknowledged_change_survives_kill_9_and_none_is_applied_twice()
    {
        await using var kener = await KenerProcess.StartAsync();
        await kener.Api.CreateMonitorAsync("web");
        await kener.Api.RecordAsync("web", Calls.Minute, "UP");
        var incident = await kener.Api.OpenIncidentAsync("Long story", Calls.Minute, ("web", "DEGRADED"));
        var total = Scale.Of(100);
        var (sent, acknowledged) = (0, new ConcurrentDictionary<string, long>());
        var kills = 0;
        var random = new Random(4);
        while (sent < total)
        {
            var life = total / 5 + 1;
            var until = Math.Min(total, sent + life);
            var killAfter = random.Next(1, life);
            var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (true)
                {
                    var number = Interlocked.Increment(ref sent);
                    if (number > until) return;
                    if (number == until - life + killAfter) await kener.KillAsync();
                    await PostAsync(kener, incident, $"change-{number:D6}", acknowledged);
                }
            })).ToArray();
            await Task.WhenAll(writers);
            sent = until;
            await kener.KillAsync();
            kills++;
            await kener.StartAgainAsync();
        }
        Assert.True(kills >= 5);
        Assert.True(acknowledged.Count > 5, "too little was acknowledged for the test to mean anything");

        var told = await kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/incidents/{incident}/comments");
        var stored = told["comments"]!.AsArray().Select(update => update!["comment"]!.GetValue<string>()).ToList();
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Empty(acknowledged.Keys.Except(stored));
        // Changes that were committed but not acknowledged are there too: the page shows exactly the updates that the API returns.
        await kener.Visitor.SeesAsync($"/incidents/{incident}",
            html => stored.TrueForAll(word => Occurrences(html, word) == 1) && Occurrences(html, "change-") == stored.Count);
    }

    private static async Task PostAsync(KenerProcess kener, long incident, string word, ConcurrentDictionary<string, long> acknowledged)
    {
        try
        {
            using var answer = await kener.Api.PostAsJsonAsync($"/api/v4/incidents/{incident}/comments", new { comment = word, state = "MONITORING" });
            if (!answer.IsSuccessStatusCode) return;
            var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
            acknowledged[word] = body!["comment"]!["id"]!.GetValue<long>();
        }
        catch (HttpRequestException)
        {
            // Killed before it acknowledged.
        }
    }

    private static int Occurrences(string html, string word)
    {
        var body = html[html.IndexOf("<main", StringComparison.Ordinal)..];
        var count = 0;
        for (var at = body.IndexOf(word, StringComparison.Ordinal); at >= 0; at = body.IndexOf(word, at + word.Length, StringComparison.Ordinal)) count++;
        return count;
    }
}
