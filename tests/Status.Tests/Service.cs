using System.Net;
using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Pages;
using Kener.Status.Snapshots;
using Kener.TestKit;
using Kener.Ui;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Status.Tests;

/// <summary>The running module with a database and a clock of its own, and short ways to ask it.</summary>
internal sealed class Service : IAsyncDisposable
{
    private Service(ModuleHost host, FakeTimeProvider clock) => (Host, Clock) = (host, clock);

    public ModuleHost Host { get; }
    public FakeTimeProvider Clock { get; }
    public SnapshotBoard Board => Host.Services.GetRequiredService<SnapshotBoard>();
    public long Now => Clock.GetUtcNow().ToUnixTimeSeconds();

    public static async Task<Service> StartAsync(DatabaseKind database, long now = Given.Noon, string? dataPath = null)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(now));
        var host = await ModuleHost.StartAsync(database, builder =>
        {
            builder.AddStatus();
            builder.Services.AddSingleton<ReplayLog>();
            builder.AddEventConsumer<ReplayRecorder>();
        }, app => app.MapStatus(), clock, dataPath);
        return new Service(host, clock);
    }

    public Task TellAsync(object message) => Host.PublishAsync(message);

    public Task RecordAsync(params Reading[] readings) => TellAsync(new ReadingsRecorded { Readings = readings });

    /// <summary>What the home page has to say, read from the database alone.</summary>
    public Task<StatusPageView> ViewAsync(long? now = null) => ReadAsync(async db =>
        HomeView.Of(await new HomeReader().ReadAsync(db, now ?? Now, TestContext.Current.CancellationToken), now ?? Now));

    public async Task<T> ReadAsync<T>(Func<StatusDb, Task<T>> read)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<StatusDb>());
    }

    /// <summary>The home page that is published.</summary>
    public Snapshot? Home => Board.Find(HomePage.Key);

    /// <summary>The published home page, once it is drawn from all that is in the database.</summary>
    public async Task<Snapshot> SettledAsync()
    {
        var renderer = Host.Services.GetRequiredService<PageRenderer>();
        var etag = Bytes.ETagOf(await renderer.HomeAsync(await ViewAsync()));
        return (await Eventually.GetAsync(() => Task.FromResult(Home), home => home?.ETag == etag))!;
    }

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var response = await Host.Anonymous.GetAsync(path, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Empties the database.</summary>
    public Task ForgetAsync() => ReadAsync(async db =>
    {
        await db.Monitors.ExecuteDeleteAsync();
        await db.Incidents.ExecuteDeleteAsync();
        await db.Intervals.ExecuteDeleteAsync();
        await db.Histories.ExecuteDeleteAsync();
        return await db.Days.ExecuteDeleteAsync();
    });

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

internal sealed class ReplayLog
{
    private int _asked;

    public int Asked => Volatile.Read(ref _asked);

    public void Note() => Interlocked.Increment(ref _asked);
}

internal sealed class ReplayRecorder(ReplayLog log) : IConsumer<ReplayRequested>
{
    public Task Consume(ConsumeContext<ReplayRequested> context)
    {
        log.Note();
        return Task.CompletedTask;
    }
}
