using System.Collections.Concurrent;
using Kener.Contracts;
using MassTransit;

namespace Kener.Persistence.Tests;

/// <summary>The events that the test module's consumers received, and how they handle them.</summary>
internal sealed class Inbox
{
    private readonly ConcurrentQueue<object> _received = new();

    /// <summary>Runs for each event before it counts as received; may throw.</summary>
    public Func<object, CancellationToken, Task> Handle { get; set; } = (_, _) => Task.CompletedTask;

    public IReadOnlyList<T> Of<T>() => [.. _received.OfType<T>()];

    public async Task TakeAsync(object message, CancellationToken cancel)
    {
        await Handle(message, cancel);
        _received.Enqueue(message);
    }
}

internal sealed class IncidentChangedConsumer(Inbox inbox) : IConsumer<IncidentChanged>
{
    public Task Consume(ConsumeContext<IncidentChanged> context) => inbox.TakeAsync(context.Message, context.CancellationToken);
}

internal sealed class EverythingElseConsumer(Inbox inbox)
    : IConsumer<ReplayRequested>, IConsumer<ResultsRecorded>, IConsumer<MonitorChanged>, IConsumer<SiteChanged>, IConsumer<ReplayContinued>,
        IConsumer<VersionsRequested>, IConsumer<VersionsPublished>, IConsumer<VersionsDisputed>
{
    public Task Consume(ConsumeContext<VersionsRequested> context) => inbox.TakeAsync(context.Message, context.CancellationToken);
    public Task Consume(ConsumeContext<VersionsPublished> context) => inbox.TakeAsync(context.Message, context.CancellationToken);
    public Task Consume(ConsumeContext<VersionsDisputed> context) => inbox.TakeAsync(context.Message, context.CancellationToken);
    public Task Consume(ConsumeContext<ReplayRequested> context) => inbox.TakeAsync(context.Message, context.CancellationToken);
    public Task Consume(ConsumeContext<ResultsRecorded> context) => inbox.TakeAsync(context.Message, context.CancellationToken);
    public Task Consume(ConsumeContext<ReplayContinued> context) => inbox.TakeAsync(context.Message, context.CancellationToken);
    public Task Consume(ConsumeContext<SiteChanged> context) => inbox.TakeAsync(context.Message, context.CancellationToken);
    public Task Consume(ConsumeContext<MonitorChanged> context) => inbox.TakeAsync(context.Message, context.CancellationToken);
}
