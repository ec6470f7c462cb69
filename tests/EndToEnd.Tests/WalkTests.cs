using System.Net;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>The main use case end to end: an incident posted through the gateway is on the public page, at each step of its life.</summary>
[Collection(Hostings.Shared)]
public sealed class WalkTests(Hostings hostings)
{
    [Theory]
    [MemberData(nameof(Hostings.All), MemberType = typeof(Hostings))]
    public async Task An_incident_is_on_the_page_from_its_creation_to_its_deletion(Hosting hosting)
    {
        await using var kener = await hostings.EmptyAsync(hosting);
        foreach (var tag in new[] { "web", "api", "mail", "search" })
        {
            await kener.Api.CreateMonitorAsync(tag, $"The {tag}");
            await kener.Api.RecordAsync(tag, Calls.Minute, "UP", 12);
        }
        await kener.Visitor.SeesAsync("/", html => html.Contains("All Systems Operational") && html.Contains("The search"));

        var id = await kener.Api.OpenIncidentAsync("Mail is stuck", Calls.Minute, ("mail", "DOWN"));
        await kener.Visitor.SeesAsync("/", html => html.Contains("Mail is stuck") && html.Contains("Partial System Outage"));
        await kener.Visitor.SeesAsync($"/incidents/{id}", html => html.Contains("Mail is stuck") && html.Contains("The mail"));

        var first = await kener.Api.PostUpdateAsync(id, "IDENTIFIED", "A **queue** is full, see [the note](https://example.com/note)");
        await kener.Visitor.SeesAsync("/", html => html.Contains("<strong>queue</strong>") && html.Contains("Identified"));
        await kener.Visitor.SeesAsync($"/incidents/{id}", html => html.Contains("<strong>queue</strong>"));

        await kener.Api.SendAsync(HttpMethod.Patch, $"/api/v4/incidents/{id}/comments/{first}", new { comment = "A *disk* is full" });
        await kener.Visitor.SeesAsync("/", html => html.Contains("<em>disk</em>") && !html.Contains("<strong>queue</strong>"));

        var resolved = await kener.Api.PostUpdateAsync(id, "RESOLVED", "All mail is out");
        await kener.Visitor.SeesAsync("/", html => html.Contains("All Systems Operational") && html.Contains("Mail is stuck") && !html.Contains("Partial System Outage"));
        var told = await kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/incidents/{id}");
        Assert.Equal("RESOLVED", told["incident"]!["state"]!.GetValue<string>());
        Assert.NotNull(told["incident"]!["end_date_time"]);

        await kener.Api.PostUpdateAsync(id, "MONITORING", "Some of it came back");
        await kener.Visitor.SeesAsync("/", html => html.Contains("Partial System Outage") && html.Contains("Some of it came back"));
        told = await kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/incidents/{id}");
        Assert.Equal("MONITORING", told["incident"]!["state"]!.GetValue<string>());
        Assert.Null(told["incident"]!["end_date_time"]);

        await kener.Api.SendAsync(HttpMethod.Delete, $"/api/v4/incidents/{id}/comments/{resolved}");
        await kener.Visitor.SeesAsync($"/incidents/{id}", html => !html.Contains("All mail is out"));
        await kener.Api.SendAsync(HttpMethod.Patch, $"/api/v4/incidents/{id}", new { title = "Mail is slow" });
        await kener.Visitor.SeesAsync("/", html => html.Contains("Mail is slow") && !html.Contains("Mail is stuck"));

        await kener.Api.SendAsync(HttpMethod.Delete, $"/api/v4/incidents/{id}");
        await kener.Visitor.SeesAsync("/", html => html.Contains("All Systems Operational") && !html.Contains("Mail is slow"));
        // Its own page may follow a moment later.
        await Eventually.GetAsync(() => StatusAsync(kener.Visitor, $"/incidents/{id}"), status => status == HttpStatusCode.Gone);
        await kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/incidents/{id}", expect: 404);
    }

    [Theory]
    [MemberData(nameof(Hostings.Both), MemberType = typeof(Hostings))]
    public async Task The_page_message_follows_from_the_status_of_its_monitors(Hosting hosting)
    {
        await using var kener = await hostings.EmptyAsync(hosting);
        await kener.Visitor.SeesAsync("/", html => html.Contains("No Status Available"));
        string[] tags = ["a", "b", "c", "d"];
        foreach (var tag in tags) await kener.Api.CreateMonitorAsync(tag);
        await kener.Visitor.SeesAsync("/", html => html.Contains("No Status Available"));
        foreach (var tag in tags) await kener.Api.RecordAsync(tag, Calls.Minute, "UP");
        await kener.Visitor.SeesAsync("/", html => html.Contains("All Systems Operational"));

        async Task Expect(string message, string impact, int monitors)
        {
            var id = await kener.Api.OpenIncidentAsync("Test", Calls.Minute, [.. tags.Take(monitors).Select(tag => (tag, impact))]);
            await kener.Visitor.SeesAsync("/", html => html.Contains($">{message}<"));
            await kener.Api.SendAsync(HttpMethod.Delete, $"/api/v4/incidents/{id}");
            await kener.Visitor.SeesAsync("/", html => html.Contains(">All Systems Operational<"));
        }

        await Expect("Partial System Outage", "DOWN", 1);
        await Expect("Partial System Outage", "DOWN", 2);
        await Expect("Major System Outage", "DOWN", 3);
        await Expect("Major System Outage", "DOWN", 4);
        await Expect("Degraded Performance", "DEGRADED", 4);
        await Expect("Partial Degraded Performance", "DEGRADED", 1);
        await Expect("Under Maintenance", "MAINTENANCE", 1);
        await Expect("Under Maintenance", "MAINTENANCE", 4);
    }

    [Theory]
    [MemberData(nameof(Hostings.Both), MemberType = typeof(Hostings))]
    public async Task A_backdated_incident_changes_the_days_that_it_covers_and_its_deletion_restores_them(Hosting hosting)
    {
        await using var kener = await hostings.EmptyAsync(hosting);
        await kener.Api.CreateMonitorAsync("web");
        var midnight = Calls.Now / 86_400 * 86_400;
        await kener.Api.SendAsync(HttpMethod.Patch, "/api/v4/monitors/web/data",
            new { start_ts = midnight - 10 * 86_400, end_ts = midnight - 60, status = "UP", latency = 20 });
        await kener.Api.RecordAsync("web", midnight, "UP", 20);
        var before = await kener.Visitor.SeesAsync("/", html => html.Contains("All Systems Operational") && html.Contains("79 days without data"));

        var body = new
        {
            title = "Told late",
            start_date_time = midnight - 4 * 86_400 + 3_600,
            end_date_time = midnight - 2 * 86_400 + 3_600,
            monitors = new[] { new { monitor_tag = "web", impact = "DOWN" } },
        };
        var answer = await kener.Api.SendAsync(HttpMethod.Post, "/api/v4/incidents", body, 201);
        var during = await kener.Visitor.SeesAsync("/", html => html.Contains("80.0014%"));
        Assert.NotEqual(before, during);
        await kener.Api.SendAsync(HttpMethod.Delete, $"/api/v4/incidents/{answer["incident"]!["id"]}");
        await kener.Visitor.SeesAsync("/", html => html == before);
    }

    [Theory]
    [MemberData(nameof(Hostings.Both), MemberType = typeof(Hostings))]
    public async Task A_backdated_open_incident_counts_until_now(Hosting hosting)
    {
        await using var kener = await hostings.EmptyAsync(hosting);
        await kener.Api.CreateMonitorAsync("web");
        await kener.Api.RecordAsync("web", Calls.Minute - 4 * 86_400, "UP");
        await kener.Visitor.SeesAsync("/", html => html.Contains("100%"));
        var id = await kener.Api.OpenIncidentAsync("Since three days", Calls.Minute - 3 * 86_400, ("web", "DOWN"));
        await kener.Visitor.SeesAsync("/", html => html.Contains("Major System Outage") && html.Contains("0.02"));
        await kener.Api.SendAsync(HttpMethod.Delete, $"/api/v4/incidents/{id}");
        await kener.Visitor.SeesAsync("/", html => html.Contains("100%"));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
