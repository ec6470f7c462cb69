using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Telemetry;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Persistence.Tests;

/// <summary>
/// The trace of a request that commits an event continues in the event's consumers. The listener receives the activities of the whole process, so
/// no other test runs at the same time.
/// </summary>
[Collection(nameof(OutboxTraceTests))]
public sealed class OutboxTraceTests : IDisposable
{
    private static readonly ActivitySource Requests = new(nameof(OutboxTraceTests));
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public OutboxTraceTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "MassTransit" or KenerTraces.SourceName or nameof(OutboxTraceTests),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_trace_continues_in_the_consumer_of_an_event_that_is_delivered_from_memory(DatabaseKind database)
    {
        // The clock stands still, so no row of the table becomes due.
        await using var module = await BrokerTests.StartAsync(database, BrokerTests.Broker, clock: new FakeTimeProvider(TimeProvider.System.GetUtcNow()));
        await BrokerTests.BoundAsync();
        await ContinuesAsync(await InRequestAsync(() => module.SendAsync(new IncidentChanged { Id = BrokerTests.NewId(), Version = 1 })));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_trace_continues_in_the_consumer_of_an_event_that_another_process_left_in_the_table(DatabaseKind database)
    {
        await using var module = await BrokerTests.StartAsync(database, BrokerTests.Broker);
        await BrokerTests.BoundAsync();
        var request = await InRequestAsync(() => Task.CompletedTask);
        await module.CommitAsync(change =>
        {
            change.Db.Outbox.Add(new OutboxRow
            {
                MessageId = Guid.CreateVersion7(),
                Type = nameof(IncidentChanged),
                Payload = JsonSerializer.Serialize(new IncidentChanged { Id = BrokerTests.NewId(), Version = 1 }, JsonSerializerOptions.Web),
                Subject = "left",
                TraceParent = request.Id,
            });
            change.Audit("left", "incident", () => 0);
            return Task.FromResult(0);
        }, Cancel);
        await ContinuesAsync(request);
    }

    [Theory, MemberData(nameof(TestModule.Databases), MemberType = typeof(TestModule))]
    public async Task A_trace_continues_in_the_consumer_of_an_event_that_is_delivered_within_the_process(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        await ContinuesAsync(await InRequestAsync(() => module.SendAsync(new IncidentChanged { Id = 1, Version = 1 })));
    }

    [Fact]
    public async Task An_event_stores_no_trace_if_no_telemetry_is_sent()
    {
        _listener.Dispose();
        await using var module = await TestModule.StartAsync(DatabaseKind.Sqlite);
        var arrived = new TaskCompletionSource();
        module.Inbox.Handle = (_, cancel) => arrived.Task.WaitAsync(cancel);
        // ASP.NET Core starts one for each request, whether anything listens or not.
        using var request = new Activity("request").Start();
        Assert.Null(KenerTraces.CurrentId);
        await module.SendAsync(new IncidentChanged { Id = 1, Version = 1 });
        Assert.Null((await module.ReadAsync(db => db.Outbox.SingleAsync(Cancel))).TraceParent);
        arrived.SetResult();
        await module.OutboxEmptyAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("|7b2c.1.")]
    [InlineData("00-00000000000000000000000000000000-0000000000000000-01")]
    public void An_invalid_trace_is_not_continued(string? traceParent) => Assert.Null(KenerTraces.Continue("deliver event", traceParent));

    private static async Task<Activity> InRequestAsync(Func<Task> work)
    {
        using var request = Requests.StartActivity("request", ActivityKind.Server)!;
        await work();
        return request;
    }

    /// <summary>Asserts that the consumer's span leads back to the request through the bus and the outbox.</summary>
    private async Task ContinuesAsync(Activity request)
    {
        var consumed = await Eventually.GetAsync(() => Task.FromResult(_ended.FirstOrDefault(span =>
            span.TraceId == request.TraceId && span.GetTagItem("messaging.masstransit.consumer_type") is not null)), span => span is not null);
        List<string> way = [];
        for (var span = consumed; span is not null && span.SpanId != request.SpanId; span = await ParentOfAsync(span)) way.Add(span.Source.Name);
        Assert.Equal(KenerTraces.SourceName, way[^1]);
        Assert.All(way[..^1], name => Assert.Equal("MassTransit", name));
    }

    /// <summary>Waits for the parent, because a sender's span may end after the consumer's.</summary>
    private async Task<Activity?> ParentOfAsync(Activity span) =>
        await Eventually.GetAsync(() => Task.FromResult(_ended.FirstOrDefault(other => other.SpanId == span.ParentSpanId)), found => found is not null);
}

[CollectionDefinition(nameof(OutboxTraceTests), DisableParallelization = true)]
public sealed class NoOtherTestMeanwhile;
