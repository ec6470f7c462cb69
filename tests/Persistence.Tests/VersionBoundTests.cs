using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;

namespace Kener.Persistence.Tests;

/// <summary>Events with a version that no owner can have assigned, with both kinds of delivery.</summary>
public sealed class VersionBoundTests
{
    [Theory]
    [InlineData(DeliveryKind.Mediator)]
    [InlineData(DeliveryKind.RabbitMQ)]
    public async Task An_event_with_a_version_far_ahead_is_refused_and_its_owner_is_queried(DeliveryKind delivery)
    {
        await using var module = await TestModule.StartAsync(DatabaseKind.Sqlite, requestsReplay: true, settings: new Dictionary<string, string?>
        {
            ["Kener:Delivery"] = delivery.ToString(),
            ["Kener:InternalKey"] = new string('k', 32),
            ["ConnectionStrings:messaging"] = Environment.GetEnvironmentVariable("KENER_TEST_RABBITMQ"),
        });
        var id = Random.Shared.NextInt64(1, long.MaxValue);
        var soon = DateTimeOffset.UtcNow.AddHours(23).ToUnixTimeMilliseconds();
        // Messages that are sent before a queue is bound are lost. The module requests a replay when all of its queues are bound.
        await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<ReplayRequested>().Count > 0));
        await Eventually.TrueAsync(async () =>
        {
            await module.SendAsync(new IncidentChanged { Id = id, Version = long.MaxValue });
            await module.SendAsync(new SiteChanged { Version = DateTimeOffset.UtcNow.AddHours(25).ToUnixTimeMilliseconds(), Name = $"{id}" });
            await module.SendAsync(new ResultsRecorded { Runs = [new(id, 0, 1, MonitorStatus.Up, 1, 1), new(id, 60, 1, MonitorStatus.Up, 1, int.MaxValue)] });
            await module.SendAsync(new IncidentChanged { Id = id, Version = soon });
            return module.Inbox.Of<IncidentChanged>().Any(incident => incident.Id == id);
        });
        const string By = "Kener.Persistence.Tests";
        foreach (var type in new[] { nameof(IncidentChanged), nameof(SiteChanged) })
            await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<VersionsRequested>().Any(asked => asked.By == By && asked.Types is [var one] && one == type)));
        await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<ReplayRequested>().Any(asked => asked.By == By && asked.Needs is [nameof(ResultsRecorded)])));
        await module.OutboxEmptyAsync();
        Assert.All(module.Inbox.Of<IncidentChanged>().Where(incident => incident.Id == id), incident => Assert.Equal(soon, incident.Version));
        Assert.DoesNotContain(module.Inbox.Of<SiteChanged>(), site => site.Name == $"{id}");
        Assert.DoesNotContain(module.Inbox.Of<ResultsRecorded>(), recorded => recorded.Runs[0].MonitorId == id);
    }
}
