using System.Collections.Concurrent;
using System.Reflection;
using Kener.Contracts;
using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kener.Persistence.Replay;

/// <summary>
/// Refuses events whose version is more than a day ahead of the clock: a consumer keeps the newest version, so such an event would make it ignore
/// all later ones. The event is not applied, and its owner's present state is requested.
/// </summary>
internal sealed class VersionBound(IServiceProvider services) : IConsumerConfigurationObserver
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMinutes(10);
    private readonly TimeProvider _clock = services.GetRequiredService<TimeProvider>();
    private readonly ILogger _log = services.GetRequiredService<ILogger<VersionBound>>();
    private readonly ConcurrentDictionary<string, long> _asked = new();

    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator) where TConsumer : class
    {
    }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class where TMessage : class => configurator.AddPipeSpecification(new Bounded<TConsumer, TMessage>(this));

    private async Task<bool> IsTooHighAsync(object message, Assembly module, CancellationToken cancel)
    {
        var nowMs = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (message is ResultsRecorded recorded) return recorded.Runs.Any(result => result.Version > EventVersions.OfCorrection((nowMs + EventVersions.MostAheadMs) / 1000));
        if (EventVersions.Of(message) is not { } entity || entity.Version - nowMs <= EventVersions.MostAheadMs) return false;
        // If the clock itself was ahead for a while, so are versions that were accepted then, and later ones continue from there.
        var type = message.GetType().Name;
        if (services.GetServices<KnownVersion>().FirstOrDefault(known => known.Assembly == module && known.Type == type) is not { } known) return true;
        await using var scope = services.CreateAsyncScope();
        return entity.Version - Math.Max(nowMs, await known.FindAsync(scope.ServiceProvider, entity.Id, cancel)) > EventVersions.MostAheadMs;
    }

    /// <summary>Sends a request at most every ten minutes for each module and type of event, however many are refused.</summary>
    private async Task AskAsync(ConsumeContext context, string module, string type)
    {
        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var key = module + type;
        if (_asked.TryGetValue(key, out var last) && now - last < AskEvery.TotalMilliseconds) return;
        _asked[key] = now;
        _log.LogWarning("{Module} refused {Type} with a version that is more than a day ahead, and requests the owner's present state", module, type);
        if (type == nameof(ResultsRecorded)) await context.Publish(new ReplayRequested { By = module, Needs = [type] }, context.CancellationToken);
        else await context.Publish(new VersionsRequested { By = module, Types = [type] }, context.CancellationToken);
    }

    private sealed class Bounded<TConsumer, TMessage>(VersionBound bound)
        : IPipeSpecification<ConsumerConsumeContext<TConsumer, TMessage>>, IFilter<ConsumerConsumeContext<TConsumer, TMessage>>
        where TConsumer : class where TMessage : class
    {
        public void Apply(IPipeBuilder<ConsumerConsumeContext<TConsumer, TMessage>> builder) => builder.AddFilter(this);

        public IEnumerable<ValidationResult> Validate() => [];

        public void Probe(ProbeContext context) => context.CreateFilterScope("version-bound");

        public async Task Send(ConsumerConsumeContext<TConsumer, TMessage> context, IPipe<ConsumerConsumeContext<TConsumer, TMessage>> next)
        {
            var module = typeof(TConsumer).Assembly;
            if (await bound.IsTooHighAsync(context.Message, module, context.CancellationToken)) await bound.AskAsync(context, module.GetName().Name!, typeof(TMessage).Name);
            else await next.Send(context);
        }
    }
}
