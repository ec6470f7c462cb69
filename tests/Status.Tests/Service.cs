using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.History;
using Kener.Status.Incidents;
using Kener.Status.Snapshots;
using Kener.Status.Views;
using Kener.TestKit;
using Kener.Ui;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Kener.Status.Tests;

/// <summary>The running module with a database and a clock of its own, and short ways to ask it.</summary>
internal sealed class Service : IAsyncDisposable
{
    private Service(ModuleHost host, WatchedClock clock) => (Host, Clock) = (host, clock);

    public ModuleHost Host { get; }
    /// <summary>Counts how often a request waits for another service's entity.</summary>
    public WatchedClock Clock { get; }
    public SnapshotBoard Board => Host.Services.GetRequiredService<SnapshotBoard>();
    /// <summary>What the others were told of the site last.</summary>
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

    public Task RecordAsync(params Reading[] readings) => TellAsync(new ReadingsRecorded { Readings = readings });

    /// <summary>What a page has to say, read from the database alone.</summary>
    public Task<StatusPageView> ViewAsync(long? now = null, string path = "/") => ReadAsync(async db =>
    {
        var reader = new FactsReader(Host.Services.GetRequiredService<IOptions<KenerSettings>>().Value, new ToldLately());
        var all = await reader.ReadAsync(db, null, now ?? Now, TestContext.Current.CancellationToken);
        var facts = all.Of(all.Site.Pages.Single(page => page.Page.Address == path));
        var today = reader.CalendarOf(all.Site.Settings.Zone).DayOf(now ?? Now);
        return PageRules.Of(facts, all.Site.Settings.Audience, History.Calendar.DateOf(today), now ?? Now);
    });

    public async Task<T> ReadAsync<T>(Func<StatusDb, Task<T>> read)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<StatusDb>());
    }

    /// <summary>The home page that is published.</summary>
    public Snapshot? Home => Board.Find(SitePages.HomeKey);

    /// <summary>Waits until the pages are drawn from all that called for it at once; mere readings may still wait for their second.</summary>
    public Task QuietAsync() => Eventually.TrueAsync(() => Task.FromResult(Host.Services.GetRequiredService<PageBell>().IsHeard));

    /// <summary>The published page, once it is drawn from all that is in the database.</summary>
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

    /// <summary>As a client of the API with every permission.</summary>
    public async Task<(int Status, JsonNode Body)> AskAsync(string method, string path, string? body = null)
    {
        using var client = Host.Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    /// <summary>Lets the clock go on until that is done.</summary>
    public Task PassingAsync(Task work) => Eventually.TrueAsync(() =>
    {
        Clock.Advance(TimeSpan.FromMilliseconds(20));
        return Task.FromResult(work.IsCompleted);
    });

    /// <summary>All days of which something was stored, by monitor and day, what waits for its day row in them.</summary>
    public async Task<SortedDictionary<(long Monitor, int Day), DayRow>> RecordedAsync()
    {
        var days = new SortedDictionary<(long Monitor, int Day), DayRow>();
        foreach (var day in await ReadAsync(db => db.Days.ToListAsync())) days[(day.MonitorId, day.Day)] = DayRow.Unpack(day.Packed);
        foreach (var head in await ReadAsync(db => db.Histories.ToListAsync()))
        {
            foreach (var piece in Pending.Read(head.Pending))
            {
                if (!days.TryGetValue((head.MonitorId, piece.Day), out var row)) days[(head.MonitorId, piece.Day)] = row = new DayRow();
                Assert.True(row.Set(piece), "What waits is in no day row");
            }
        }
        return days;
    }

    /// <summary>Empties the database of what others told.</summary>
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
