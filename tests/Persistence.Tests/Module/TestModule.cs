using System.Text.Json;
using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.Persistence.DeadLetters;
using Kener.Persistence.Delivery;
using Kener.Persistence.Providers;
using Kener.Persistence.Replay;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Persistence.Tests;

/// <summary>The test module as it runs in a process.</summary>
internal sealed class TestModule(ModuleHost host, Inbox inbox) : IAsyncDisposable
{
    public static TheoryData<DatabaseKind> Databases => [DatabaseKind.Sqlite, DatabaseKind.PostgreSQL];

    public Inbox Inbox => inbox;

    public IServiceProvider Services => host.Services;

    public ModuleHost Host => host;

    public OutboxSignal<TestDb> Signal => host.Services.GetRequiredService<OutboxSignal<TestDb>>();

    public static async Task<TestModule> StartAsync(
        DatabaseKind database, TimeProvider? clock = null, Inbox? inbox = null, string? dataPath = null, IReadOnlyDictionary<string, string?>? settings = null,
        Action<IServiceCollection>? more = null, bool requestsReplay = false)
    {
        inbox ??= new Inbox();
        var host = await ModuleHost.StartAsync(database, builder =>
        {
            builder.Services.AddSingleton(inbox);
            builder.AddModuleDb<TestDb, TestSqlite, TestPostgres>("testdb", "test");
            builder.AddEventConsumer<IncidentChangedConsumer>("kener-test-incident-changed");
            builder.AddEventConsumer<EverythingElseConsumer>("kener-test-everything-else");
            if (requestsReplay) builder.AddReplay<TestDb>("test");
            more?.Invoke(builder.Services);
        }, Map, clock, dataPath, settings);
        return new TestModule(host, inbox);
    }

    private static void Map(WebApplication app)
    {
        app.MapDeadLetters<TestDb>();
        app.MapGet("/api/things", (TestDb db) => db.Things.CountAsync()).AllowAnyone();
        app.MapPost("/api/things/{name}", async (string name, int? size, Changes<TestDb> changes) =>
        {
            await changes.CommitAsync("key:7", change =>
            {
                change.Db.Add(new Thing { Name = name.PadRight(size ?? 0, '-'), Version = 1 });
                change.Audit("thing.made", "thing", () => 0);
                return Task.CompletedTask;
            }, default);
            return Results.StatusCode(201);
        }).AllowAnyone();
        app.MapGet("/api/stored", () => JsonSerializer.Deserialize<Thing>("{")).AllowAnyone();
    }

    /// <summary>Runs work in a scope of its own, as a request does.</summary>
    public async Task<T> WithAsync<T>(Func<TestDb, Changes<TestDb>, Task<T>> work)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TestDb>(), scope.ServiceProvider.GetRequiredService<Changes<TestDb>>());
    }

    public Task<T> ReadAsync<T>(Func<TestDb, Task<T>> read) => WithAsync((db, _) => read(db));

    public Task<T> CommitAsync<T>(Func<Change<TestDb>, Task<T>> work, CancellationToken cancel = default) =>
        WithAsync((_, changes) => changes.CommitAsync("key:7", work, cancel));

    /// <summary>Creates a thing. Its event is an incident with the same id and version.</summary>
    public Task<long> MakeAsync(string name) => CommitAsync(async change =>
    {
        var thing = new Thing { Name = name, Version = 1 };
        change.Db.Add(thing);
        await change.FlushAsync(default);
        change.Publish($"thing/{thing.Id}", () => EventOf(thing));
        change.Audit("thing.made", "thing", () => thing.Id);
        return thing.Id;
    });

    /// <summary>Increments a thing's counter by an ordinary change; returns the new version.</summary>
    public Task<long> CountAsync(long id) => CommitAsync(async change =>
    {
        var thing = await change.LockAsync<Thing>(id, default) ?? throw Refusal.NotFound("No such thing");
        thing.Count++;
        change.Publish($"thing/{id}", () => EventOf(thing));
        change.Audit("thing.counted", "thing", () => id);
        return thing.Version;
    });

    /// <summary>
    /// Waits until the warm-up is over. Until then the module is unhealthy, on a busy machine for up to ten seconds, and the warm-up itself writes to
    /// the database.
    /// </summary>
    public Task WarmAsync() => Eventually.TrueAsync(async () =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "warm-up")).Status == HealthStatus.Healthy);

    /// <summary>Sends an event without waiting for its delivery.</summary>
    public Task SendAsync(object message) => WithAsync(async (_, changes) =>
    {
        await changes.ProjectAsync(change =>
        {
            change.Publish("test", () => message);
            return Task.CompletedTask;
        }, default);
        return true;
    });

    /// <summary>Waits until every event is delivered. Advances a fake clock meanwhile, since the dispatcher polls by it.</summary>
    public Task OutboxEmptyAsync()
    {
        return host.Services.GetRequiredService<TimeProvider>() is FakeTimeProvider clock ? clock.TurnUntilAsync(IsEmptyAsync) : Eventually.TrueAsync(IsEmptyAsync);

        async Task<bool> IsEmptyAsync() => !await ReadAsync(db => db.Outbox.AnyAsync());
    }

    public static IncidentChanged EventOf(Thing thing) => new() { Id = thing.Id, Version = thing.Version, Title = thing.Name };

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
