using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Publishing;
using Kener.Status.Site.Pages;
using Kener.Status.Site.Settings;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Tests;

/// <summary>Limits on what clients may store; a request beyond a limit changes nothing.</summary>
public sealed class BoundsTests
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Repeated_edits_cannot_grow_page_settings_beyond_the_limit(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        var refused = 0;
        for (var i = 0; i < 12; i++)
        {
            var (status, body) = await service.AskAsync("PATCH", "/api/v4/pages/~home", $$$"""{"page_settings":{"own{{{i}}}":"{{{new string('x', 20_000)}}}"}}""");
            if (status == 200) continue;
            Assert.Equal((400, "page_settings must not be larger than 64 KiB"), (status, Message(body)));
            refused++;
        }
        Assert.Equal(9, refused);
        Assert.InRange((await service.ReadAsync(db => db.Pages.SingleAsync())).Settings.Length, 60_000, PageSettings.Longest);
    }

    [Fact]
    public async Task Settings_nested_too_deeply_are_rejected()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        Assert.Equal(200, (await SendAsync(25)).Status);
        Assert.Equal(200, (await service.AskAsync("GET", "/api/v4/pages")).Status);
        Assert.Equal((400, "Invalid JSON body"), (await SendAsync(40)) is var (status, body) ? (status, Message(body)) : default);

        Task<(int Status, JsonNode Body)> SendAsync(int depth) => service.AskAsync("PATCH", "/api/v4/pages/~home",
            $$"""{"page_settings":{{string.Concat(Enumerable.Repeat("{\"a\":", depth))}}1{{new string('}', depth)}}}""");
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Concurrent_requests_cannot_exceed_the_page_limit(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.ReadAsync(async db =>
        {
            for (var i = 0; i < StatusPage.Most - 4; i++) db.Pages.Add(new StatusPage { Path = $"p{i}", Title = "t", Header = "h" });
            return await db.SaveChangesAsync();
        });
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => service.AskAsync("POST", "/api/v4/pages", $$"""{"page_path":"more{{i}}","page_title":"t","page_header":"h"}""")));
        Assert.Equal(3, answers.Count(answer => answer.Status == 201));
        Assert.All(answers.Where(answer => answer.Status != 201), answer => Assert.Equal((400, "There must not be more than 200 pages"), (answer.Status, Message(answer.Body))));
        Assert.Equal(StatusPage.Most, await service.ReadAsync(db => db.Pages.CountAsync()));
        Assert.Equal(200, (await service.AskAsync("DELETE", "/api/v4/pages/p1")).Status);
        Assert.Equal(201, (await service.AskAsync("POST", "/api/v4/pages", """{"page_path":"last","page_title":"t","page_header":"h"}""")).Status);
    }

    [Theory]
    [InlineData("page_title", 255)]
    [InlineData("page_header", 255)]
    [InlineData("page_path", 100)]
    [InlineData("page_subheader", 10_000)]
    [InlineData("page_logo", 2_048)]
    public async Task Page_texts_are_limited_in_length(string field, int longest)
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        Assert.Equal(201, (await service.AskAsync("POST", "/api/v4/pages", """{"page_path":"eu","page_title":"t","page_header":"h"}""")).Status);
        var before = await service.ReadAsync(db => db.Pages.AsNoTracking().SingleAsync(page => page.Path == "eu"));
        Assert.Equal(400, (await SendAsync(longest + 1)).Status);
        Assert.Equal(before.Version, (await service.ReadAsync(db => db.Pages.AsNoTracking().SingleAsync(page => page.Path == "eu"))).Version);
        Assert.Equal(200, (await SendAsync(longest)).Status);

        Task<(int Status, JsonNode Body)> SendAsync(int length) => service.AskAsync("PATCH", "/api/v4/pages/eu", new JsonObject { [field] = new string('x', length) }.ToJsonString());
    }

    [Fact]
    public async Task The_number_of_monitors_on_a_page_is_limited()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var tags = string.Join(',', Enumerable.Range(0, StatusPage.MostMonitors + 1).Select(i => $"\"m{i}\""));
        var (status, body) = await service.AskAsync("PATCH", "/api/v4/pages/~home", $$"""{"monitors":[{{tags}}]}""");
        Assert.Equal((400, "monitors must not hold more than 10000 tags"), (status, Message(body)));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Every_site_setting_is_limited_in_size(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        var before = await service.ReadAsync(db => db.Site.AsNoTracking().SingleAsync());
        string[] values =
        [
            new('9', 900_000), $"\"{new string('x', 120_000)}\"", $"[{string.Join(',', Enumerable.Repeat("\"x\"", 40_000))}]",
            $$"""{"incidents":{},"x":"{{new string('x', 70_000)}}"}""", $"-1.{new string('0', 100_000)}", $"[{{\"name\":\"{new string('x', 70_000)}\",\"url\":\"/\"}}]",
        ];
        foreach (var key in SiteKeys.All)
            foreach (var value in values)
                Assert.True((await service.AskAsync("PATCH", $"/api/v4/site/{key.Name}", $$"""{"value":{{value}}}""")).Status == 400, $"{key.Name} {value[..20]}");
        var after = await service.ReadAsync(db => db.Site.AsNoTracking().SingleAsync());
        Assert.Equal((before.Version, "{}"), (after.Version, after.Values));
        Assert.Equal(200, (await service.AskAsync("PATCH", "/api/v4/site/customCSS", $$"""{"value":"{{new string('x', 90_000)}}"}""")).Status);
    }

    [Fact]
    public async Task Incident_pages_are_limited_in_bytes_and_unknown_ids_leave_nothing_in_memory()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        // Random text, so that pages compress badly and no two of them are equal.
        var random = new Random(1);
        for (var id = 1; id <= 24; id++)
        {
            var words = string.Concat(Enumerable.Range(0, 60).Select(_ => Convert.ToBase64String(RandomBytes(48_000)) + "\n\n"));
            await service.TellAsync(Given.Incident(id, Given.Noon, Given.Noon) with { Updates = [new IncidentUpdate(1, Given.Noon, IncidentState.Resolved, words)] });
            await service.GetAsync($"/incidents/{id}");
        }
        Assert.InRange(service.Board.All.Where(IsIncident).Sum(page => page.Body.Length + (long)(page.Brotli?.Length ?? 0)), 1, PageLimits.BytesAtMost);
        Assert.NotNull(service.Board.Find("page:/incidents/24"));
        var kept = service.Board.All.Count(IsIncident);
        for (var id = 1_000; id < 1_500; id++) Assert.Equal(System.Net.HttpStatusCode.NotFound, (await service.GetAsync($"/incidents/{id}")).Status);
        Assert.Equal(kept, service.Board.All.Count(IsIncident));

        byte[] RandomBytes(int count)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }

        static bool IsIncident(Snapshot page) => page.Key.StartsWith("page:/incidents/", StringComparison.Ordinal);
    }

    private static string Message(JsonNode body) => body["error"]?["message"]?.GetValue<string>() ?? body.ToJsonString();
}
