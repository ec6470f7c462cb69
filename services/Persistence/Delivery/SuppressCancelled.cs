using MassTransit;
using MassTransit.Configuration;

namespace Kener.Persistence.Delivery;

/// <summary>
/// Suppresses the exception of a consumer whose sender gave up waiting: the consumer has not failed, so MassTransit need not report it. The
/// sender knows that the event was not processed.
/// </summary>
internal sealed class SuppressCancelled : IConsumerConfigurationObserver
{
    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator) where TConsumer : class
    {
    }

    public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
        where TConsumer : class where TMessage : class => configurator.AddPipeSpecification(new Quiet<TConsumer, TMessage>());

    private sealed class Quiet<TConsumer, TMessage> : IPipeSpecification<ConsumerConsumeContext<TConsumer, TMessage>>, IFilter<ConsumerConsumeContext<TConsumer, TMessage>>
        where TConsumer : class where TMessage : class
    {
        public void Apply(IPipeBuilder<ConsumerConsumeContext<TConsumer, TMessage>> builder) => builder.AddFilter(this);

        public IEnumerable<ValidationResult> Validate() => [];

        public void Probe(ProbeContext context) => context.CreateFilterScope("broken-off");

        public async Task Send(ConsumerConsumeContext<TConsumer, TMessage> context, IPipe<ConsumerConsumeContext<TConsumer, TMessage>> next)
        {
            try
            {
                await next.Send(context);
            }
            catch (Exception) when (context.CancellationToken.IsCancellationRequested)
            {
                // Whatever the consumer threw, the cancellation is the cause.
            }
        }
    }
}
