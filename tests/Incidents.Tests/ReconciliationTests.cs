using System.Collections.Concurrent;
using System.Net;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Incidents.Tests;

/// <summary>What the owner of incidents publishes when other services have other versions.</summary>
public sealed class ReconciliationTests
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Incidents_that_others_have_in_a_newer_version_are_published_above_it_and_unknown_ones_as_deleted(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        var (same, older, missed) = (await service.CreateAsync(), await service.CreateAsync(), await service.CreateAsync());
        var versions = new Dictionary<long, long>();
        foreach (var id in new[] { same, older, missed }) versions[id] = (await service.EventsOfAsync(id, 1)).Single().Version;
        service.Events.Clear();

        var ahead = versions[older] + 3_600_000;
        var disputed = new VersionsDisputed
        {
            By = "test",
            Type = nameof(IncidentChanged),
            Known = [Of(same, versions[same]), Of(older, ahead), Of(missed, 0), Of(500, 7), Of(long.MaxValue, 7), Of(501, long.MaxValue)],
        };
        await service.Host.PublishAsync(disputed);
        Assert.Equal((ahead + 1, "API down"), ((await service.EventsOfAsync(older, 1)).Single().Version, (await service.EventsOfAsync(older, 1)).Single().Title));
        Assert.Equal(versions[missed], (await service.EventsOfAsync(missed, 1)).Single().Version);
        var gone = (await service.EventsOfAsync(500, 1)).Single();
        Assert.True(gone is { Deleted: true, Version: > 7 });
        // Repeating the dispute with the versions that were just published has no effect: they no longer differ.
        await service.Host.PublishAsync(disputed with { Known = [Of(older, ahead + 1), Of(500, gone.Version)] });

        var made = await service.CreateAsync();
        Assert.Equal(501, made);
        await service.EventsOfAsync(made, 1);
        Assert.Equal([older, missed, 500, made], service.Events.Select(one => one.Id));
        (await service.SendAsync("PATCH", $"/api/v4/incidents/{older}", new { title = "later" })).Expect(HttpStatusCode.OK);
        Assert.Equal(ahead + 2, (await service.EventsOfAsync(older, 2))[^1].Version);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Versions_are_published_in_ranges_of_ids_including_deleted_incidents(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database, builder => builder.AddVersionLog());
        var log = service.Host.Services.GetRequiredService<VersionLog>();
        await service.SeedAsync(1_001);
        await service.SendAsync("DELETE", "/api/v4/incidents/1001");
        log.Published.Clear();
        await service.Host.PublishAsync(new VersionsRequested { By = "test", Types = ["SiteChanged"] });
        await service.Host.PublishAsync(new VersionsRequested { By = "test", Types = [nameof(IncidentChanged)] });
        await Eventually.TrueAsync(() => Task.FromResult(log.Published.Count == 2));
        var parts = log.Published.OrderBy(part => part.After).ToList();
        Assert.Equal([(0, 1_000, 1_000), (1_000, long.MaxValue, 1)], parts.Select(part => (part.After, part.UpTo, part.Entities.Count)));
        Assert.Equal(Enumerable.Range(1, 1_001).Select(id => (long)id), parts.SelectMany(part => part.Entities).Select(entity => entity.Id));
        Assert.All(parts, part => Assert.Equal(nameof(IncidentChanged), part.Type));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Versions_of_monitors_that_differ_from_those_of_the_owner_are_disputed(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database, builder => builder.AddVersionLog());
        var log = service.Host.Services.GetRequiredService<VersionLog>();
        foreach (var id in new[] { 1, 2, 3, 9 }) await service.Host.PublishAsync(new MonitorChanged { Id = id, Version = 5, Tag = $"n{id}" });
        var published = new VersionsPublished { Type = nameof(MonitorChanged), After = 0, UpTo = 8, Entities = [Of(1, 5), Of(2, 4), Of(4, 6)] };
        await service.Host.PublishAsync(published);
        await Eventually.TrueAsync(() => Task.FromResult(log.Disputed.Count == 1));
        Assert.Equal([Of(2, 5), Of(3, 5), Of(4, 0)], log.Disputed.Single().Known.OrderBy(known => known.Id));
        await service.Host.PublishAsync(published with { Entities = [Of(1, 5), Of(2, 5), Of(3, 5)] });
        await service.EventsOfAsync(await service.CreateAsync(), 1);
        Assert.Single(log.Disputed);
    }

    private static EntityVersion Of(long id, long version) => new() { Id = id, Version = version };
}

internal sealed class VersionLog
{
    public ConcurrentQueue<VersionsPublished> Published { get; } = new();

    public ConcurrentQueue<VersionsDisputed> Disputed { get; } = new();

    public Deliveries Deliveries { get; } = new();
}

internal sealed class VersionRecorder(VersionLog log) : IConsumer<VersionsPublished>, IConsumer<VersionsDisputed>
{
    public Task Consume(ConsumeContext<VersionsPublished> context)
    {
        if (log.Deliveries.IsFirst(context)) log.Published.Enqueue(context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<VersionsDisputed> context)
    {
        if (log.Deliveries.IsFirst(context)) log.Disputed.Enqueue(context.Message);
        return Task.CompletedTask;
    }
}

internal static class VersionLogging
{
    public static void AddVersionLog(this Microsoft.AspNetCore.Builder.WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<VersionLog>();
        Kener.Persistence.Delivery.DeliveryExtensions.AddEventConsumer<VersionRecorder>(builder, "versions");
    }
}
