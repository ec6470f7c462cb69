using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Status.Projections;
using Kener.Status.Projections.History;
using Kener.Status.Projections.Incidents;
using Kener.Status.Publishing;
using Kener.Status.Rendering;
using Kener.TestKit;
using Kener.Ui;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Kener.Status.Tests;

/// <summary>The running module with its own database and clock, and shortcuts for requests and queries.</summary>
internal sealed class Service : IAsyncDisposable
{
    private Service(ModuleHost host, WatchedClock clock) => (Host, Clock) = (host, clock);

    public ModuleHost Host { get; }
    /// <summary>The clock, which also counts how often a request waits for an entity of another service.</summary>
    public WatchedClock Clock { get; }
    public SnapshotStore Board => Host.Services.GetRequiredService<SnapshotStore>();
    /// <summary>The last SiteChanged event that was delivered.</summary>
    public SiteChanged? Told
    {
        get => Host.Services.GetRequiredService<SiteLog>().Last;
        set => Host.Services.GetRequiredService<SiteLog>().Last = value;
    }
    public long Now => Clock.GetUtcNow().ToUnixTimeSeconds();

    public static async Task<Service> StartAsync(DatabaseKind database, long now = Given.Noon, string? dataPath = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var clock = new WatchedClock(TimeSpan.FromMilliseconds(20), DateTimeOffset.FromUnixTimeSeconds(now));
        var host = await ModuleHost.StartAsync(database, builder =>
        {
            builder.AddStatus();
            builder.Services.AddSingleton<ReplayLog>();
            builder.AddEventConsumer<ReplayRecorder>("replays");
            builder.Services.AddSingleton<SiteLog>();
            builder.AddEventConsumer<SiteRecorder>("sites");
        }, app => app.MapStatus(), clock, dataPath, settings);
        return new Service(host, clock);
    }

    public Task TellAsync(object message) => Host.PublishAsync(message);

    public Task RecordAsync(params ResultRun[] results) => TellAsync(new ResultsRecorded { Runs = results });

    /// <summary>Returns the view of a page, read from the database without any cache.</summary>
    public Task<StatusPageView> ViewAsync(long? now = null, string path = "/") => ReadAsync(async db =>
    {
        var reader = new FactsReader(Host.Services.GetRequiredService<IOptions<KenerSettings>>().Value, new RecentIncidents());
        var all = await reader.ReadAsync(db, null, now ?? Now, TestContext.Current.CancellationToken);
        var facts = all.Of(all.Site.Pages.Single(page => page.Page.Address == path));
        var today = reader.CalendarOf(all.Site.Settings.Zone).DayOf(now ?? Now);
        return PageRules.Of(facts, all.Site.Settings.Audience, Calendar.DateOf(today), now ?? Now);
    });

    public async Task<T> ReadAsync<T>(Func<StatusDb, Task<T>> read)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<StatusDb>());
    }

    /// <summary>The published home page.</summary>
    public Snapshot? Home => Board.Find(SitePages.HomeKey);

    /// <summary>Waits until all that is due at once is rendered; results that leave the status as it was may still wait for their second.</summary>
    public Task QuietAsync() => Eventually.TrueAsync(() => Task.FromResult(Host.Services.GetRequiredService<RenderTrigger>().IsIdle));

    /// <summary>Waits until the published page shows all that is in the database, and returns it.</summary>
    public async Task<Snapshot> SettledAsync(string path = "/")
    {
        var renderer = Host.Services.GetRequiredService<PageRenderer>();
        var etag = Bytes.ETagOf(await renderer.HomeAsync(await ViewAsync(path: path)));
        return (await Eventually.GetAsync(() => Task.FromResult(Board.Find(Publisher.KeyOf(path))), page => page?.ETag == etag))!;
    }

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var response = await Host.Anonymous.GetAsync(path, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Sends a request to the API as a client with every permission.</summary>
    public async Task<(int Status, JsonNode Body)> AskAsync(string method, string path, string? body = null)
    {
        using var client = Host.Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    /// <summary>Advances the clock until the task is completed.</summary>
    public Task PassingAsync(Task work) => Eventually.TrueAsync(() =>
    {
        Clock.Advance(TimeSpan.FromMilliseconds(20));
        return Task.FromResult(work.IsCompleted);
    }, alwaysOften: true);

    /// <summary>Returns all stored days by monitor and day, with the day buffers applied.</summary>
    public async Task<SortedDictionary<(long Monitor, int Day), DayRow>> RecordedAsync()
    {
        var days = new SortedDictionary<(long Monitor, int Day), DayRow>();
        foreach (var day in await ReadAsync(db => db.Days.ToListAsync())) days[(day.MonitorId, day.Day)] = DayRow.Unpack(day.Packed);
        foreach (var head in await ReadAsync(db => db.Histories.ToListAsync()))
        {
            foreach (var piece in DayBuffer.Read(head.Pending))
            {
                if (!days.TryGetValue((head.MonitorId, piece.Day), out var row)) days[(head.MonitorId, piece.Day)] = row = new DayRow();
                Assert.True(row.Set(piece), "A buffered result is already in its day row");
            }
        }
        return days;
    }

    /// <summary>Deletes all that was received from other services.</summary>
    public Task ForgetAsync() => ReadAsync(async db =>
    {
        await db.Monitors.ExecuteDeleteAsync();
        await db.Incidents.ExecuteDeleteAsync();
        await db.Overlays.ExecuteDeleteAsync();
        await db.ConsumedEvents.ExecuteDeleteAsync();
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

internal sealed class SiteLog
{
    public SiteChanged? Last { get; set; }
}

internal sealed class SiteRecorder(SiteLog log) : IConsumer<SiteChanged>
{
    public Task Consume(ConsumeContext<SiteChanged> context)
    {
        log.Last = context.Message;
        return Task.CompletedTask;
    }
}
