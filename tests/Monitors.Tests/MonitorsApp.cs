using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(Kener.Monitors.Tests.MonitorsApps))]

namespace Kener.Monitors.Tests;

/// <summary>The databases that every module test runs on.</summary>
public sealed class BothDatabases : TheoryData<DatabaseKind>
{
    public BothDatabases() : base(DatabaseKind.Sqlite, DatabaseKind.PostgreSQL)
    {
    }
}

/// <summary>One running service per database, shared by tests that each create their own monitors.</summary>
public sealed class MonitorsApps : IAsyncDisposable
{
    private readonly ConcurrentDictionary<DatabaseKind, Lazy<Task<MonitorsApp>>> _apps = new();

    public Task<MonitorsApp> OnAsync(DatabaseKind database) =>
        _apps.GetOrAdd(database, kind => new Lazy<Task<MonitorsApp>>(() => MonitorsApp.StartAsync(kind))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps.Values) await (await app.Value).DisposeAsync();
    }
}

/// <summary>The messages that the service published, as consumers received them.</summary>
public sealed class Heard
{
    private readonly ConcurrentQueue<object> _messages = new();

    private readonly Deliveries _deliveries = new();

    public void Add<T>(ConsumeContext<T> context) where T : class
    {
        if (_deliveries.IsFirst(context)) _messages.Enqueue(context.Message);
    }

    public void Clear() => _messages.Clear();

    /// <summary>Whether the service requested a replay.</summary>
    public bool Asked => _messages.OfType<ReplayRequested>().Any();

    public IReadOnlyList<MonitorChanged> Of(string tag) => [.. _messages.OfType<MonitorChanged>().Where(changed => changed.Tag == tag)];

    public IReadOnlyList<ResultsRecorded> Of(long monitor) =>
        [.. _messages.OfType<ResultsRecorded>().Where(recorded => recorded.Runs.Any(reading => reading.MonitorId == monitor))];

    /// <summary>Returns the state of a consumer that keeps the highest version of each minute.</summary>
    public SortedDictionary<long, (MonitorStatus Status, double Latency, int Version)> Known(long monitor)
    {
        var known = new SortedDictionary<long, (MonitorStatus Status, double Latency, int Version)>();
        foreach (var run in Of(monitor).SelectMany(recorded => recorded.Runs).Where(reading => reading.MonitorId == monitor))
        {
            for (var i = 0; i < run.Count; i++)
            {
                var minute = run.Minute + 60L * i;
                if (!known.TryGetValue(minute, out var had) || had.Version < run.Version) known[minute] = (run.Status, run.Latency, run.Version);
            }
        }
        return known;
    }
}

public sealed class Listener(Heard heard) : IConsumer<MonitorChanged>, IConsumer<ResultsRecorded>, IConsumer<ReplayRequested>
{
    public Task Consume(ConsumeContext<MonitorChanged> context) => KeepAsync(context);

    public Task Consume(ConsumeContext<ResultsRecorded> context) => KeepAsync(context);

    public Task Consume(ConsumeContext<ReplayRequested> context) => KeepAsync(context);

    private Task KeepAsync<T>(ConsumeContext<T> context) where T : class
    {
        heard.Add(context);
        return Task.CompletedTask;
    }
}

public sealed record Answer(HttpStatusCode Status, JsonElement Body)
{
    public JsonElement Monitor => Body.GetProperty("monitor");

    public JsonElement Data => Body.GetProperty("data");

    public string? Message => Body.GetProperty("error").GetProperty("message").GetString();
}

public sealed class MonitorsApp : IAsyncDisposable
{
    private readonly ModuleHost _host;

    private MonitorsApp(ModuleHost host) => _host = host;

    public ModuleHost Host => _host;

    public Heard Heard => _host.Services.GetRequiredService<Heard>();

    /// <summary>Starts the service. What it stores and receives outlives it if a test passes a data folder or a record of messages.</summary>
    public static async Task<MonitorsApp> StartAsync(
        DatabaseKind database, TimeProvider? clock = null, string? dataPath = null, IReadOnlyDictionary<string, string?>? settings = null, Heard? heard = null) => new(await ModuleHost.StartAsync(
        database,
        builder =>
        {
            builder.AddMonitors();
            builder.AddEventConsumer<Listener>("listener");
            builder.Services.AddSingleton(heard ?? new Heard());
        },
        app => app.MapMonitors(), clock, dataPath, settings));

    public static string NewTag() => "m-" + Guid.NewGuid().ToString("N");

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body);

    public Task<Answer> PatchAsync(string path, string body) => SendAsync(HttpMethod.Patch, path, body);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body = null, byte[]? bytes = null)
    {
        using var request = new HttpRequestMessage(method, "/api/v4/monitors" + path);
        if (bytes is not null) request.Content = new ByteArrayContent(bytes);
        else if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        // A token is valid for a minute, and the service runs for longer.
        using var client = _host.Client();
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, JsonSerializer.Deserialize<JsonElement>(text));
    }

    /// <summary>Creates a monitor for one test; returns its tag and id.</summary>
    public async Task<(string Tag, long Id)> MonitorAsync(string more = "")
    {
        var tag = NewTag();
        var made = await PostAsync("", $$"""{"tag":"{{tag}}","name":"Name","monitor_type":"NONE"{{more}}}""");
        Assert.Equal(HttpStatusCode.Created, made.Status);
        return (tag, made.Monitor.GetProperty("id").GetInt64());
    }

    /// <summary>Creates a monitor that agents check.</summary>
    public Task<(string Tag, long Id)> CheckedAsync(string more = "") => MonitorAsync("""
        ,"monitor_type":"API","cron":"* * * * *","type_data":{"url":"http://192.0.2.1/"}
        """ + more);

    public static CheckResult Result(long monitor, long minute, string status = "UP", double latency = 1, string type = "REALTIME", string? message = null) =>
        new(monitor, minute, status, latency, type, message);

    /// <summary>Reports results as an agent, expects success, and returns the receipt.</summary>
    public async Task<(int Stored, int Passed)> ReportAsync(params CheckResult[] results)
    {
        var answer = await ReportAsync(JsonSerializer.Serialize(new CheckReport("tester", results), AgentJson.Default.CheckReport));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Body.GetRawText());
        return (answer.Body.GetProperty("stored").GetInt32(), answer.Body.GetProperty("passed").GetInt32());
    }

    public async Task<Answer> ReportAsync(string body)
    {
        using var client = _host.Client(Permissions.AgentsReport);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.PostAsync("/api/agent/v1/results", content, TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
    }

    /// <summary>Returns what the agent is to check; null if that is still the version that it has.</summary>
    public async Task<Assignment?> AssignmentAsync(string agent, string? known = null, string? types = null)
    {
        using var client = _host.Client(Permissions.AgentsReport);
        using var response = await client.GetAsync($"/api/agent/v1/assignment?agent={agent}&version={known}" + (types is null ? "" : $"&types={types}"), TestContext.Current.CancellationToken);
        if (response.StatusCode == HttpStatusCode.NoContent) return null;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), AgentJson.Default.Assignment);
    }

    internal async Task<T> WithDbAsync<T>(Func<MonitorsDb, Task<T>> ask)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<MonitorsDb>());
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
