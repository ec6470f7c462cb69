using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Kener.Contracts;
using Kener.Incidents.Database;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Incidents.Tests;

/// <summary>The running module on each database for all tests of a class, started on first use.</summary>
public sealed class Hosts : IAsyncDisposable
{
    private readonly ConcurrentDictionary<DatabaseKind, Lazy<Task<Service>>> _started = new();

    internal Task<Service> OnAsync(DatabaseKind database) =>
        _started.GetOrAdd(database, kind => new Lazy<Task<Service>>(() => Service.StartAsync(kind))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _started.Values) await (await service.Value).DisposeAsync();
    }
}

/// <summary>The running module, and shortcuts for requests and queries.</summary>
internal sealed class Service : IAsyncDisposable
{
    private static long s_lastMonitor = 100;
    private readonly ModuleHost _host;

    private Service(ModuleHost host) => (_host, Api) = (host, host.Client());

    public ModuleHost Host => _host;
    public HttpClient Api { get; }
    /// <summary>Every IncidentChanged that was delivered.</summary>
    public ConcurrentQueue<IncidentChanged> Events => _host.Services.GetRequiredService<EventLog>().Incidents;

    public static async Task<Service> StartAsync(DatabaseKind database, Action<WebApplicationBuilder>? more = null, TimeProvider? clock = null) => new(await ModuleHost.StartAsync(database, builder =>
    {
        builder.Services.AddSingleton<EventLog>();
        builder.AddIncidents();
        builder.AddEventConsumer<Recorder>("recorder");
        more?.Invoke(builder);
    }, app => app.MapIncidents(), clock, settings: new Dictionary<string, string?> { ["Kener:SiteUrl"] = "https://status.example.com/" }));

    /// <summary>Sends the text as the body, whether or not it is well-formed JSON.</summary>
    public async Task<Reply> SendAsync(string method, string path, string? json = null, HttpClient? by = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8);
        using var response = await (by ?? Api).SendAsync(request, TestContext.Current.CancellationToken);
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task<Reply> SendAsync(string method, string path, object body) => SendAsync(method, path, JsonSerializer.Serialize(body));

    /// <summary>Creates an incident; returns its id.</summary>
    public async Task<long> CreateAsync(object? body = null) =>
        (await SendAsync("POST", "/api/v4/incidents", body ?? new { title = "API down", start_date_time = 1_700_000_000 }))
            .Expect(HttpStatusCode.Created).GetProperty("incident").GetProperty("id").GetInt64();

    /// <summary>Posts an update; returns its id.</summary>
    public async Task<long> PostAsync(long incident, string state, long? timestamp = null, string comment = "text") =>
        (await SendAsync("POST", $"/api/v4/incidents/{incident}/comments", new { comment, state, timestamp }))
            .Expect(HttpStatusCode.Created).GetProperty("comment").GetProperty("id").GetInt64();

    public async Task<JsonElement> IncidentAsync(long id) =>
        (await SendAsync("GET", $"/api/v4/incidents/{id}")).Expect(HttpStatusCode.OK).GetProperty("incident");

    public async Task<JsonElement[]> UpdatesAsync(long id) =>
        [.. (await SendAsync("GET", $"/api/v4/incidents/{id}/comments")).Expect(HttpStatusCode.OK).GetProperty("comments").EnumerateArray()];

    /// <summary>Publishes a monitor that no other test has; returns its tag and id.</summary>
    public async Task<(string Tag, long Id)> MonitorAsync()
    {
        var id = Interlocked.Increment(ref s_lastMonitor);
        await _host.PublishAsync(new MonitorChanged { Id = id, Version = 1, Tag = $"m{id}" });
        return ($"m{id}", id);
    }

    /// <summary>Waits for this many events of one incident; returns them by version.</summary>
    public Task<IncidentChanged[]> EventsOfAsync(long incident, int count) => Eventually.GetAsync(
        // The replay requested at the start may publish a version again.
        () => Task.FromResult(Events.Where(one => one.Id == incident).DistinctBy(one => one.Version).OrderBy(one => one.Version).ToArray()),
        events => events.Length >= count);

    public async Task<T> ReadAsync<T>(Func<IncidentsDb, Task<T>> read)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<IncidentsDb>());
    }

    /// <summary>Inserts this many minimal incidents directly into the table.</summary>
    public Task SeedAsync(int count)
    {
        const string Columns = "version, title, type, source, is_global, state, start_at, created_ms, updated_ms";
        return ReadAsync(db => db.Database.ExecuteSqlRawAsync(db.IsPostgres
            ? $"INSERT INTO incidents ({Columns}) SELECT 1, 'seed', 'INCIDENT', 1, true, 0, 60, 0, 0 FROM generate_series(1, {{0}})"
            : "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0}) "
                + $"INSERT INTO incidents ({Columns}) SELECT 1, 'seed', 'INCIDENT', 1, 1, 0, 60, 0, 0 FROM n", count));
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _host.DisposeAsync();
    }
}

internal sealed record Reply(HttpStatusCode Status, string Body)
{
    public JsonElement Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} {Body}");
        return JsonElement.Parse(Body);
    }

    /// <summary>Expects an error of exactly this status, code and message.</summary>
    public void ExpectRefusal(HttpStatusCode status, string message)
    {
        var code = status == HttpStatusCode.NotFound ? "NOT_FOUND" : "BAD_REQUEST";
        var error = Expect(status).EnumerateObject().Single();
        Assert.Equal(
            [("error", ""), ("code", code), ("message", message)],
            [(error.Name, ""), .. error.Value.EnumerateObject().Select(field => (field.Name, field.Value.GetString()!))]);
    }
}

internal sealed class EventLog
{
    public ConcurrentQueue<IncidentChanged> Incidents { get; } = new();

    public Deliveries Deliveries { get; } = new();
}

internal sealed class Recorder(EventLog log) : IConsumer<IncidentChanged>
{
    public Task Consume(ConsumeContext<IncidentChanged> context)
    {
        if (log.Deliveries.IsFirst(context)) log.Incidents.Enqueue(context.Message);
        return Task.CompletedTask;
    }
}
