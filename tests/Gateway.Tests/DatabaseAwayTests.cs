using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kener.Accounts;
using Kener.Incidents;
using Kener.Monitors;
using Kener.Persistence;
using Kener.Status;
using Kener.TestKit;
using Npgsql;

namespace Kener.Gateway.Tests;

/// <summary>A PostgreSQL of the test's own, which goes and comes back under all services and the gateway.</summary>
public sealed class DatabaseAwayTests
{
    private const string Bootstrap = "bootstrap-key-0123456789abcdef0123456789";
    private static readonly string[] Databases = ["accountdb", "incidentdb", "monitordb", "statusdb"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_the_database_the_page_goes_on_with_its_age_and_the_API_says_503_and_all_comes_back_by_itself()
    {
        await using var server = await PrivateServer.PostgresAsync();
        foreach (var name in Databases) await CreateAsync(server.Address, name);
        await using var host = await Embedded.StartAsync(
            app => app.MapAccounts().MapIncidents().MapMonitors().MapStatus(), null,
            builder =>
            {
                builder.AddAccounts().AddIncidents().AddMonitors().AddStatus();
                builder.AddDelivery();
            },
            keys: false,
            [
                ("Kener:Database", "PostgreSQL"), ("Kener:BootstrapApiKey", Bootstrap),
                .. Databases.Select(name => ($"ConnectionStrings:{name}", $"{server.Address};Database={name};MaxPoolSize=20")),
            ]);
        using var client = host.Client(Bootstrap);
        await Eventually.TrueAsync(async () => (await client.AskAsync("GET", "/ready")).Code == 200, 60);
        Assert.Equal(201, (await OpenAsync(client, "Before the outage")).Code);
        await ShowsAsync(client, "Before the outage");

        await server.StopAsync();
        var refused = await OpenAsync(client, "During the outage");
        Assert.Equal((503, "UNAVAILABLE"), (refused.Error().Status, refused.Error().Code));
        Assert.Equal("5", refused["Retry-After"]);
        Assert.Equal(503, (await client.AskAsync("GET", "/api/v4/monitors")).Error().Status);
        var old = await Eventually.GetAsync(() => client.AskAsync("GET", "/"), page => page["Age"] is not null, 30);
        Assert.Equal(200, old.Code);
        Assert.Contains("Before the outage", old.Text);
        Assert.Contains("This page was last updated at", old.Text);
        Assert.Equal(503, (await client.AskAsync("GET", "/health")).Code);

        await server.StartAsync();
        await Eventually.TrueAsync(async () => (await OpenAsync(client, "After the outage")).Code == 201, 30);
        await ShowsAsync(client, "After the outage");
        await Eventually.TrueAsync(async () => (await client.AskAsync("GET", "/"))["Age"] is null, 30);
        var titles = JsonNode.Parse((await client.AskAsync("GET", "/api/v4/incidents")).Text)!["incidents"]!.AsArray().Select(one => one!["title"]!.GetValue<string>());
        Assert.DoesNotContain("During the outage", titles);
        await Eventually.TrueAsync(async () => (await client.AskAsync("GET", "/health")).Code == 200, 30);
    }

    private static Task<Answer> OpenAsync(HttpClient client, string title) => client.AskAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v4/incidents")
    {
        Content = JsonContent.Create(new { title, start_date_time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() }),
    });

    private static Task ShowsAsync(HttpClient client, string title) =>
        Eventually.TrueAsync(async () => (await client.AskAsync("GET", "/")).Text.Contains(title, StringComparison.Ordinal), 30);

    private static async Task CreateAsync(string server, string name)
    {
        await using var connection = new NpgsqlConnection(server + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
