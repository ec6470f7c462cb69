using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kener.Accounts;
using Kener.Incidents;
using Kener.Monitors;
using Kener.Persistence.Delivery;
using Kener.Status;
using Kener.TestKit;
using Npgsql;

namespace Kener.Gateway.Tests;

/// <summary>Stops and restarts a private PostgreSQL server below all services and the gateway.</summary>
public sealed class DatabaseAwayTests
{
    private const string Bootstrap = "bootstrap-key-0123456789abcdef0123456789";
    private static readonly string[] Databases = ["accountdb", "incidentdb", "monitordb", "statusdb"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_the_database_the_page_shows_its_age_the_API_answers_503_and_everything_recovers_by_itself()
    {
        await using var server = await PrivateServer.PostgresAsync();
        await using var host = await StartAsync(server);
        using var client = host.Client(Bootstrap);
        await Eventually.TrueAsync(async () => (await client.AskAsync("GET", "/ready")).Code == 200);
        Assert.Equal(201, (await OpenAsync(client, "Before the outage")).Code);
        await ShowsAsync(client, "Before the outage");

        await server.StopAsync();
        var refused = await OpenAsync(client, "During the outage");
        Assert.Equal((503, "UNAVAILABLE"), (refused.Error().Status, refused.Error().Code));
        Assert.Equal("5", refused["Retry-After"]);
        Assert.Equal(503, (await client.AskAsync("GET", "/api/v4/monitors")).Error().Status);
        var old = await Eventually.GetAsync(() => client.AskAsync("GET", "/"), page => page["Age"] is not null);
        Assert.Equal(200, old.Code);
        Assert.Contains("Before the outage", old.Text);
        Assert.Contains("This page was last updated at", old.Text);
        Assert.Equal(503, (await client.AskAsync("GET", "/health")).Code);

        await server.StartAsync();
        await Eventually.TrueAsync(async () => (await OpenAsync(client, "After the outage")).Code == 201);
        await ShowsAsync(client, "After the outage");
        await Eventually.TrueAsync(async () => (await client.AskAsync("GET", "/"))["Age"] is null);
        var titles = JsonNode.Parse((await client.AskAsync("GET", "/api/v4/incidents")).Text)!["incidents"]!.AsArray().Select(one => one!["title"]!.GetValue<string>());
        Assert.DoesNotContain("During the outage", titles);
        await Eventually.TrueAsync(async () => (await client.AskAsync("GET", "/health")).Code == 200);
    }

    [Fact]
    public async Task While_PostgreSQL_is_read_only_page_and_API_can_be_read_health_is_503_and_the_log_says_why()
    {
        await using var server = await PrivateServer.PostgresAsync();
        await using var host = await StartAsync(server);
        using var client = host.Client(Bootstrap);
        await Eventually.TrueAsync(async () => (await client.AskAsync("GET", "/ready")).Code == 200);
        Assert.Equal(201, (await OpenAsync(client, "Before the outage")).Code);
        await ShowsAsync(client, "Before the outage");

        await SetReadOnlyAsync(server, "on");
        for (var i = 0; i < 3; i++)
        {
            var refused = await OpenAsync(client, "During the outage");
            Assert.Equal((503, "UNAVAILABLE", "The database is read-only; nothing can be stored until it accepts writes"), refused.Error());
            Assert.Equal("5", refused["Retry-After"]);
        }
        Assert.Equal(200, (await client.AskAsync("GET", "/api/v4/incidents")).Code);
        Assert.Contains("Before the outage", (await client.AskAsync("GET", "/")).Text);
        Assert.Equal(200, (await client.AskAsync("GET", "/ready")).Code);
        await Eventually.TrueAsync(async () => (await client.AskAsync("GET", "/health")).Code == 503);

        await SetReadOnlyAsync(server, "off");
        await Eventually.TrueAsync(async () => (await OpenAsync(client, "After the outage")).Code == 201);
        await ShowsAsync(client, "After the outage");
        await Eventually.TrueAsync(async () => (await client.AskAsync("GET", "/health")).Code == 200);
        Assert.Contains(host.Log.Entries, entry => entry.Message.Contains("is read-only", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log.Entries, entry => entry.Fault is not null && entry.Category.StartsWith("Kener.", StringComparison.Ordinal));
    }

    private static async Task<Embedded> StartAsync(PrivateServer server)
    {
        foreach (var name in Databases) await ExecuteAsync(server.Address, $"CREATE DATABASE {name}");
        return await Embedded.StartAsync(
            app => app.MapAccounts().MapIncidents().MapMonitors().MapStatus(), null,
            builder =>
            {
                builder.AddAccounts().AddIncidents().AddMonitors().AddStatus();
                builder.AddDelivery();
            },
            keys: false,
            [
                ("Kener:Database", "PostgreSQL"), ("Kener:BootstrapApiKey", Bootstrap),
                // The default limits would answer 429 to a test that polls.
                ("Kener:Limits:RequestsPerSecond", "1000000"), ("Kener:Limits:Burst", "1000000"),
                ("Kener:Limits:AnonymousRequestsPerSecond", "1000000"), ("Kener:Limits:AnonymousBurst", "1000000"),
                .. Databases.Select(name => ($"ConnectionStrings:{name}", $"{server.Address};Database={name};MaxPoolSize=20")),
            ]);
    }

    /// <summary>Sets whether the databases are read-only; "on" also ends the existing sessions, as a failover to a standby does.</summary>
    private static async Task SetReadOnlyAsync(PrivateServer server, string value)
    {
        foreach (var name in Databases) await ExecuteAsync(server.Address, $"ALTER DATABASE {name} SET default_transaction_read_only = {value}");
        if (value == "on") await ExecuteAsync(server.Address, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE '%db'");
    }

    private static Task<Answer> OpenAsync(HttpClient client, string title) => client.AskAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v4/incidents")
    {
        Content = JsonContent.Create(new { title, start_date_time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() }),
    });

    private static Task ShowsAsync(HttpClient client, string title) =>
        Eventually.TrueAsync(async () => (await client.AskAsync("GET", "/")).Text.Contains(title, StringComparison.Ordinal));

    private static async Task ExecuteAsync(string server, string statement)
    {
        await using var connection = new NpgsqlConnection(server + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
